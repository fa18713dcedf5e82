import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './answer.mts';
import { failure } from './errors.mts';
import { sniff } from './media.mts';
import type { DataUri, Job, ReceivedFile, Refused } from './types.mts';

/** Made up: nobody waits for ever for a host that is silent. */
const FETCH_TIMEOUT_MS = 10_000;
const SNIFFED_BYTES = 16;

interface Leaf {
	/** Such as `images.0`. */
	field: string;
	value: string | DataUri;
}

/** The files that an input holds or leads to, in its order. */
function filesIn(value: unknown, path: string[] = []): Leaf[] {
	const field = path.join('.');
	if (typeof value === 'string') return isLink(value) ? [{ field, value }] : [];
	if (typeof value !== 'object' || value === null) return [];
	if ((value as DataUri).dataUri) return [{ field, value: value as DataUri }];
	return Object.entries(value).flatMap(([key, inner]) => filesIn(inner, [...path, key]));
}

const isLink = (text: string) => /^https?:\/\//.test(text) && URL.canParse(text);

/** The refusal of an input for holding files in this form, in the words of a validator; none if it holds none. */
export function refusalOf(refused: Refused, summary: unknown, status = 422): Answer | undefined {
	const wrong = filesIn(summary).find(
		({ value }) => (typeof value === 'string' ? 'links' : 'data') === refused,
	);
	if (!wrong) return undefined;
	const msg = refused === 'data' ? 'must be a public https URL' : 'must be a data URI';
	const loc = ['body', ...wrong.field.split('.')];
	return failure(status, [{ loc, msg, type: 'value_error' }]);
}

/** Takes in the files of a job: those in its request at once, those behind links when it is time. */
export function receive(job: Job, input: unknown, summary: unknown, isFetching: boolean): void {
	const links = filesIn(input).filter(({ value }) => isLink(value as string));
	job.received = filesIn(summary).flatMap(({ field, value }): ReceivedFile[] => {
		if (typeof value === 'string') return [];
		const { sniffedType: type, bytes, sha256 } = value;
		return [{ field, from: 'data', type, bytes, sha256 }];
	});
	if (!links.length || !(isFetching || job.plan.fetchMs !== undefined)) return;
	job.isFetching = true;
	void fetchAll(job, links).finally(() => (job.isFetching = false));
}

async function fetchAll(job: Job, links: Leaf[]): Promise<void> {
	// Without `ref`, a delay cannot keep a process alive whose simulator is closed
	await sleep(job.plan.fetchMs ?? 0, undefined, { ref: false });
	try {
		for (const { field, value: url } of links) {
			job.received.push({ field, from: 'link', ...(await fetched(job, String(url))) });
		}
	} catch (error) {
		job.plan.outcome = 'failed';
		job.plan.output = 'none';
		job.plan.jobError = (error as Error).message;
	}
}

async function fetched({ plan }: Job, url: string): Promise<Omit<ReceivedFile, 'field' | 'from'>> {
	const failed = (why: string) => new Error(`Could not download ${url}: ${why}`);
	if (plan.unreachable) throw failed('connection timed out');
	const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
	const response = await fetch(url, { signal }).catch(({ cause, message }) => {
		throw failed(cause?.message ?? message);
	});
	if (!response.ok) throw failed(`HTTP status ${response.status}`);
	const hash = createHash('sha256');
	let [bytes, head] = [0, Buffer.alloc(0)];
	for await (const chunk of response.body ?? []) {
		hash.update(chunk);
		bytes += chunk.length;
		if (head.length < SNIFFED_BYTES) head = Buffer.concat([head, chunk]);
	}
	const contentType = response.headers.get('content-type');
	return { type: sniff(head), contentType, bytes, sha256: hash.digest('hex') };
}
