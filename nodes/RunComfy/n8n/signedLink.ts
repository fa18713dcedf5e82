// n8n serves a stored file under <WEBHOOK_URL>rest/binary-data/signed?token=…, without a login and for as long
// as the signature says. Whoever has the address can read that file, and nothing else. It ignores further query
// parameters, answers HEAD, and knows no Range: from a download that breaks off, it keeps the file open until the
// garbage collection. A file has no ID, and so no address, where n8n keeps files in memory (n8n 2.41.1 and 1.123.81).
import type { IBinaryData, IExecuteSingleFunctions } from 'n8n-workflow';

/** The path under which n8n serves all signed files. */
export function signedAddress(context: IExecuteSingleFunctions): string {
	return `${context.getRestApiUrl()}/binary-data/signed`;
}

/** A link to a stored file, valid for so many seconds. It ends like a file name, for readers that go by the ending. */
export function signedLink(
	context: IExecuteSingleFunctions,
	stored: IBinaryData,
	seconds: number,
	extension: string,
): string {
	// A number without its unit would be taken as milliseconds.
	const url = context.helpers.createBinarySignedUrl(stored, `${Math.ceil(seconds)}s`);
	return `${url}&name=file.${extension}`;
}

/** Text in which no signature of such a link can be read; JSON stays JSON. */
export function withoutSignatures(text: string): string {
	return text.replace(/(binary-data.{1,3}signed.{1,9}?(?:=|%3D))[\w.-]+/gi, '$1[hidden]');
}
