import { Failure } from '../api/failure';
import { filesIn, RequestBody } from '../order/body';
import type { ReferenceFile } from '../order/files/inspect';
import type { Obstacle } from '../order/files/ownLink';
import { bodyIssue, linkedFiles, makeSmaller, sizeIssue } from '../order/files/ways';
import type { Finding, Order, OrderFile, PreparedOrder } from '../order/order';
import { labelOf } from '../order/references';
import { bodyFindings, sizeFindings } from '../order/sizes';
import type { Item } from '../run/item';
import { canMeanNoData } from './dataRefusal';
import type { Guards } from './guards';
import { onceInRun, serve, type Look } from './ownLinks';

/** How the files of an order travel, and what speaks against it. */
type Ways = Pick<PreparedOrder, 'files' | 'linked'> & { findings: Finding[] };

/**
 * Decides how each file of an order travels. Those that go as links are stored where n8n gives them out, and
 * looked at there as RunComfy would, unless something else keeps the order from being sent anyway.
 */
export async function waysOf(
	item: Item,
	order: Order,
	{ sendFilesAs, skipChecks }: Pick<Guards, 'sendFilesAs' | 'skipChecks'>,
): Promise<Ways> {
	const files = filesOf(order);
	const bodyBytes = (linked: ReadonlySet<ReferenceFile>): number =>
		new RequestBody(item.context, order.input, new Map([...linked].map((file) => [file, '']))).size;
	const linked = {
		data: () => new Set<ReferenceFile>(),
		link: () => new Set(files.map(({ file }) => file)),
		auto: () => linkedFiles(files, bodyBytes),
	}[sendFilesAs]();
	const findings = [
		...sizeFindings(order.references, linked),
		...bodyFindings(bodyBytes(linked), sendFilesAs),
	];
	const isWrong = [...order.issues, ...findings].some(
		({ check }) => !check || !skipChecks.includes(check),
	);
	if (isWrong) return { files, linked: new Map(), findings };
	const wanted = files.filter(({ file }) => linked.has(file));
	const { stored, obstacles } = await serveAll(
		item,
		wanted,
		skipChecks.includes('links') ? undefined : onceInRun(item),
	);
	const reasons = {
		dataRefused: item.entry.dataRefused !== undefined,
		isAsked: sendFilesAs === 'link',
		body: bodyIssue(bodyBytes(new Set())),
	};
	const found = obstacles.map(([file, obstacle]) => obstacleFinding(file, obstacle, reasons));
	return { files, linked: stored, findings: unique(found) };
}

/**
 * Turns an order to links, after RunComfy refused it in a way that can mean that it takes no files inside a
 * request. Returns whether it may be sent again so; throws the refusal, with what stands in the way, if n8n
 * can't give out the files.
 */
export async function turnToLinks(
	item: Item,
	order: PreparedOrder,
	refusal: unknown,
): Promise<boolean> {
	const inside = order.files.filter(({ file }) => !order.linked.has(file));
	if (order.sendFilesAs === 'link' || !inside.length || !(refusal instanceof Failure)) return false;
	const fields = inside.flatMap((one) => one.fields);
	if (!canMeanNoData(refusal.details, fields)) return false;
	const { hint = '' } = refusal.details;
	if (order.sendFilesAs === 'data') {
		throw refusal.with({
			hint: `${hint} Maybe it takes no files inside a request: set 'Send Files As' under Options to Auto.`,
		});
	}
	// The order has a transfer slot, so it must not wait for one.
	const { stored, obstacles } = await serveAll(item, order.files, async (_, look) => await look());
	if (obstacles.length) {
		const [[, { what, todo }]] = obstacles;
		throw refusal.with({
			hint: `${hint} Maybe it takes no files inside a request, and n8n can't give it links instead: ${what}. ${todo}, or give URLs.`,
		});
	}
	item.context.logger.info(
		`RunComfy: item ${item.index} was refused with its files inside the request, and is sent with links`,
		{ itemIndex: item.index },
	);
	item.entry.dataRefused = refusal;
	order.linked = stored;
	return true;
}

function filesOf({ input, references }: Pick<Order, 'input' | 'references'>): OrderFile[] {
	const fieldsOf = new Map<ReferenceFile, string[]>();
	for (const { file, fields } of filesIn(input))
		fieldsOf.set(file, [...(fieldsOf.get(file) ?? []), ...fields]);
	return [...fieldsOf].map(([file, fields]) => {
		const placed = references.find(
			({ reference }) => 'file' in reference && reference.file === file,
		);
		return { file, fields, placed, kind: placed?.kind ?? '' };
	});
}

async function serveAll(
	item: Item,
	files: OrderFile[],
	look?: Look,
): Promise<{ stored: PreparedOrder['linked']; obstacles: Array<[OrderFile, Obstacle]> }> {
	const served = await Promise.all(
		files.map(async (one) => ({ one, ...(await serve(item, one.file, look)) })),
	);
	return {
		stored: new Map(served.flatMap((own) => ('stored' in own ? [[own.one.file, own.stored]] : []))),
		obstacles: served.flatMap((own) => ('obstacle' in own ? [[own.one, own.obstacle]] : [])),
	};
}

/** Why a file was to be a link, why it cannot be one, and what works instead. */
function obstacleFinding(
	one: OrderFile,
	{ what, todo, check }: Obstacle,
	{ dataRefused, isAsked, body }: { dataRefused: boolean; isAsked: boolean; body?: string },
): Finding {
	const large = tooLarge(one);
	const smaller = `${makeSmaller(one.kind)}, or give a URL instead`;
	const [why, orElse] = dataRefused
		? ['RunComfy refused the files inside the request, but', 'give a URL instead']
		: isAsked
			? ["'Send Files As' is Link, but", large || body ? smaller : 'choose Auto']
			: [`${large ?? body}, and`, smaller];
	const text = `${why} n8n can't give RunComfy a link: ${what}. ${todo}. Or ${orElse}`;
	return { text, check, item: one.file.item };
}

const tooLarge = ({ placed, kind, file }: OrderFile): string | undefined => {
	const issue = sizeIssue(kind, file.bytes, 'data');
	return issue && `${placed ? labelOf(placed) : 'A file'} ${issue}`;
};

const unique = (findings: Finding[]): Finding[] => [
	...new Map(findings.map((finding) => [finding.text, finding])).values(),
];
