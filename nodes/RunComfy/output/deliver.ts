import type { IBinaryData, IBinaryKeyData } from 'n8n-workflow';

import { isDryRunId } from '../api/dryRun';
import { Failure, toFailure } from '../api/failure';
import type { ResultFile, RequestResult } from '../api/types';
import { now } from '../n8n/clock';
import { READ_DEADLINE_MS } from '../reads/read';
import type { Item } from '../run/item';
import type { Purchase } from '../run/ledger';
import type { DeliveredFile, Delivery } from '../wait/delivery';
import { resultOf } from '../wait/poll';
import type { WaitOptions } from '../wait/waitOptions';
import { download } from './download';
import { sampleFile } from './sampleFile';

/**
 * Downloads the files of a finished request, where that is wanted: the first one for the field that the user
 * names, the others for the same with a number. Once all downloads have ended, throws a Failure if one of them failed.
 */
export async function deliver(
	item: Item,
	purchase: Purchase,
	result: RequestResult,
	delivery: Delivery,
	options: WaitOptions,
): Promise<{ files: DeliveredFile[]; binary?: IBinaryKeyData }> {
	const files = delivery.filesOf(result.output).map((file): DeliveredFile => ({ ...file }));
	if (!options.download) return { files };
	let renewed: Promise<ResultFile[]> | undefined;
	const renew = async (index: number): Promise<string> => {
		renewed ??= resultOf(item, purchase, now() + READ_DEADLINE_MS).then(({ output }) =>
			delivery.filesOf(output),
		);
		const fresh = (await renewed)[index];
		if (fresh) files[index].url = fresh.url;
		purchase.made = delivery.known(files);
		return files[index].url;
	};
	const name = options.fileName ?? delivery.nameOf(purchase);
	const isNamed = options.fileName !== undefined;
	const outcomes = await Promise.allSettled(
		files.map(async (file, index): Promise<IBinaryData> => {
			const { url } = file;
			const mark = files.length > 1 ? `-${index + 1}` : '';
			const wanted = { url, name, mark, renew: async () => await renew(index) };
			const { binary, bytes } = isDryRunId(purchase.requestId)
				? await sampleFile(item, delivery, wanted, isNamed)
				: await download(item, purchase, delivery, wanted);
			Object.assign(file, { mime_type: binary.mimeType, bytes });
			return binary;
		}),
	);
	const binary: IBinaryKeyData = {};
	for (const [index, outcome] of outcomes.entries()) {
		if (outcome.status === 'rejected') throw undelivered(item, purchase, outcomes);
		binary[index ? `${options.outputField}_${index}` : options.outputField] = outcome.value;
	}
	return { files, binary };
}

/** The failure of a request of which some files could not be downloaded. */
function undelivered(
	{ signal, api }: Item,
	{ requestId }: Purchase,
	outcomes: Array<PromiseSettledResult<unknown>>,
): Failure {
	const failed = outcomes.flatMap((outcome, index) =>
		outcome.status === 'rejected'
			? [{ place: index + 1, ...failureOf(outcome.reason, api.clean) }]
			: [],
	);
	const [{ failure }] = failed;
	if (outcomes.length === 1 || signal?.aborted) return failure;
	const details = failed.map((one) => one.failure.details);
	const { httpStatus } = failure.details;
	return new Failure(
		`${failed.length} of ${outcomes.length} files of request ${requestId} could not be downloaded`,
		{
			submitted: 'yes',
			technical: failed.map(({ place, reason }) => `file ${place}: ${reason}`).join('; '),
			hint: [...new Set(details.flatMap(({ hint }) => hint ?? []))].join(' '),
			// The status tells what is gone for good from what may come back.
			...(details.every((one) => one.httpStatus === httpStatus) && { httpStatus }),
		},
	);
}

function failureOf(
	error: unknown,
	clean: (text: string) => string,
): { failure: Failure; reason: string } {
	const failure = toFailure(error, 'yes', clean);
	return { failure, reason: failure.details.technical ?? failure.message };
}
