import type { DataUri, Job } from '../../simulator/index.mts';
import { hasTimeout, sendsLinks } from '../workflows.mts';
import type { Evidence, Order, Turn } from './evidence.mts';

/** Each order has its file, unless a fault may have cost it or it was cut off; RunComfy has got its images. */
export function fileIssues(order: Order, evidence: Evidence): string[] {
	const { turns, jobs } = order;
	const missing = turns.filter((turn) => {
		const ids = jobs.map(({ requestId }) => `${turn.execution.id} ${requestId}`);
		return mustSucceed(turn) && !ids.some((id) => evidence.saved.has(id));
	});
	return [
		...missing.map(
			({ execution }) => `execution ${execution.id} has no file, and no fault that may cost it`,
		),
		...jobs.flatMap((job) => receivedIssues(job, evidence)),
		...(turns.some(({ execution }) => sendsLinks(execution.path)) ? jobs.flatMap(dataIssues) : []),
	];
}

/** Nothing stands in the way of its file; where n8n's timeout ends it, only what had been made before. */
export const mustSucceed = ({ execution, isUndisturbed, wasMade }: Turn): boolean =>
	isUndisturbed && (!hasTimeout(execution.path) || wasMade);

const imagesOf = ({ body }: Job) =>
	[body.images, body.image_urls].flat().filter(Boolean) as Array<string | DataUri>;

/** Nothing travels inside the request that is to go as a link. */
const dataIssues = (job: Job): string[] =>
	imagesOf(job).every((image) => typeof image === 'string')
		? []
		: [`${job.requestId} was sent files as data instead of links`];

/** RunComfy has got what the order says, in the request and behind its links. */
function receivedIssues(job: Job, { sent }: Evidence): string[] {
	const { requestId, plan, received } = job;
	if (plan.unreachable) return [];
	const expected = imagesOf(job).map((value) =>
		typeof value === 'string' && !isOwnLink(value) ? sent.url : sent.photo,
	);
	const got = received.map(({ sha256 }) => sha256);
	return expected.toSorted().join() === got.toSorted().join()
		? []
		: [`RunComfy received ${got.length} of the ${expected.length} images of ${requestId}`];
}

const isOwnLink = (value: unknown): boolean => String(value).includes('binary-data/signed');

/** Files that are not what was made. */
export function damagedFiles({ saved, simulator, made }: Evidence): string[] {
	return [...saved].flatMap(([name, sha256]) => {
		const [execution, requestId] = name.split(' ');
		const job = simulator.jobs.get(requestId);
		const isWhole = job && made[job.files.type] === sha256;
		return isWhole
			? []
			: [`the file of ${requestId} in execution ${execution} is not what was made`];
	});
}

/** Images that left n8n as links, and were fetched. */
export const fetchedLinks = ({ simulator: { jobs }, sent }: Evidence): number =>
	[...jobs.values()]
		.flatMap(({ received }) => received)
		.filter(({ from, sha256 }) => from === 'link' && sha256 === sent.photo).length;
