import { STATUS_CODES } from 'node:http';
import type { Answer } from './answer.mts';
import { refusal } from './errors.mts';
import type { Fault } from './types.mts';

/** The answer that takes the place of the normal one, if this fault has one. */
export function replacement(fault: Fault): Answer | undefined {
	const { status, error, detail, html, body, headers } = fault;
	if (error !== undefined) return merged(refusal(error, detail, status), fault);
	if (html) {
		const code = status ?? 502;
		const title = `${code} ${STATUS_CODES[code] ?? ''}`;
		const raw = `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
		return { status: code, headers: { 'content-type': 'text/html', ...headers }, raw };
	}
	if (typeof body === 'string') return { status: status ?? 200, headers, raw: body };
	if (body !== undefined) return merged({ status: status ?? 200, json: body }, fault);
	if (status === undefined || (status >= 200 && status < 300)) return undefined;
	return merged({ status, json: { message: STATUS_CODES[status] ?? 'Error' } }, fault);
}

/** The normal answer, changed by the fault. */
export function changed(answer: Answer, fault: Fault): Answer {
	const status = answer.status < 300 ? (fault.status ?? answer.status) : answer.status;
	const odd = { halved: fault.truncate, stalled: fault.stall };
	return { ...merged({ ...answer, status }, fault), ...odd };
}

function merged(answer: Answer, { merge, headers }: Fault): Answer {
	const both = { ...answer, headers: { ...answer.headers, ...headers } };
	if (!merge || typeof answer.json !== 'object') return both;
	const entries = Object.entries({ ...answer.json, ...merge });
	return { ...both, json: Object.fromEntries(entries.filter(([, value]) => value !== null)) };
}
