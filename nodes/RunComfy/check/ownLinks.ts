import type { IBinaryData, IDataObject, IExecuteSingleFunctions } from 'n8n-workflow';

import { signedAddress, signedLink, withoutSignatures } from '../n8n/signedLink';
import { extensionOf } from '../order/files/fileType';
import type { ReferenceFile } from '../order/files/inspect';
import { shownUrl } from '../order/files/links';
import {
	addressObstacle,
	answerObstacle,
	IN_MEMORY,
	redirectObstacle,
	storingObstacle,
	unreachedObstacle,
	type Obstacle,
} from '../order/files/ownLink';
import { isLoopback } from '../order/files/urls';
import type { PreparedOrder } from '../order/order';
import type { Item } from '../run/item';
import { exactNumber } from '../text/values';
import { DEFAULT_TIMEOUT_S } from '../wait/labels';
import { answerOf } from './links';

/** When RunComfy reads a link is not published: at the latest when the request has left its queue. */
const MIN_LINK_S = 3600;
/** A look is over long before. */
const LOOK_LINK_S = 300;

/** A file as n8n serves it, or why RunComfy could not read it there. */
export type Served = { stored: IBinaryData } | { obstacle: Obstacle };

/** Takes a look at a stored file when it may. */
export type Look = (
	stored: IBinaryData,
	look: () => Promise<Obstacle | undefined>,
) => Promise<Obstacle | undefined>;

/** Has n8n serve a file, and looks at it as RunComfy would when it is its turn; without `inTurn`, not at all. */
export async function serve(item: Item, file: ReferenceFile, inTurn?: Look): Promise<Served> {
	const { context, api } = item;
	const address = signedAddress(context);
	// Before anything is stored.
	const wrong = addressObstacle(address, isLoopback(api.baseUrl));
	if (wrong) return { obstacle: wrong };
	let stored: IBinaryData;
	try {
		stored = await storedAs(context, file);
	} catch (error) {
		return { obstacle: storingObstacle(api.clean((error as Error).message)) };
	}
	if (!stored.id) return { obstacle: IN_MEMORY };
	const obstacle = await inTurn?.(stored, async () => await look(item, file, stored));
	return obstacle ? { obstacle } : { stored };
}

/** One look at each stored file in a run, within the transfer slots. */
export const onceInRun =
	({ run, pass }: Item): Look =>
	async ({ id = '' }, look) => {
		let looked = run.ownLooks.get(id);
		if (!looked) {
			looked = run.transfers.use(look);
			run.ownLooks.set(id, looked);
			const forget = () => run.ownLooks.delete(id);
			// A retry of the node looks again.
			looked.then((obstacle) => {
				if (obstacle) void pass.allDone.then(forget);
			}, forget);
		}
		return await looked;
	};

/** The links of an order that is about to be sent, by file. */
export function signedLinks(
	context: IExecuteSingleFunctions,
	{ linked }: Pick<PreparedOrder, 'linked'>,
): Map<ReferenceFile, string> {
	const { timeout } = context.getNodeParameter('waitOptions', {}) as IDataObject;
	const seconds = Math.max(MIN_LINK_S, exactNumber(timeout) ?? DEFAULT_TIMEOUT_S);
	return new Map(
		[...linked].map(([file, stored]) => [file, linkTo(context, file, stored, seconds)]),
	);
}

const linkTo = (
	context: IExecuteSingleFunctions,
	{ type }: ReferenceFile,
	stored: IBinaryData,
	seconds: number,
): string => signedLink(context, stored, seconds, (type && extensionOf(type)) || 'bin');

/** The file as n8n serves it under its real type; stored anew where the stored type is another. */
async function storedAs(
	{ helpers }: IExecuteSingleFunctions,
	{ binary, type }: ReferenceFile,
): Promise<IBinaryData> {
	const mimeType = type?.mime ?? binary.mimeType;
	if (binary.id && binary.mimeType === mimeType) return binary;
	const content = binary.id
		? await helpers.getBinaryStream(binary.id)
		: Buffer.from(binary.data, 'base64');
	return await helpers.prepareBinaryData(content, 'file', mimeType);
}

async function look(
	item: Item,
	file: ReferenceFile,
	stored: IBinaryData,
): Promise<Obstacle | undefined> {
	const address = shownUrl(signedAddress(item.context));
	const url = linkTo(item.context, file, stored, LOOK_LINK_S);
	// n8n leaves a file open unless it is read to its end.
	const answer = await answerOf(item, url, 'HEAD');
	if ('unreached' in answer) return unreachedObstacle(address, withoutSignatures(answer.unreached));
	if ('refused' in answer) return redirectObstacle(address, answer.refused);
	return answerObstacle(address, answer, file);
}
