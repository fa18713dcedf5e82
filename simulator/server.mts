import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, send } from './answer.mts';
import { createApi } from './api.mts';
import { parseJson, readBody } from './body.mts';
import { failure } from './errors.mts';
import { withoutDataUris } from './media.mts';
import { changed, replacement } from './faults.mts';
import { checkFault, checkPlan } from './fields.mts';
import { refusalOf } from './links.mts';
import { entryOf, watch } from './requestLog.mts';
import { type Route, routeOf } from './routes.mts';
import { Script } from './script.mts';
import type { Fault, Job, LoggedRequest, SimulatorOptions } from './types.mts';
import { BODY_LIMIT_BYTES } from './validate.mts';

export type Control = (request: IncomingMessage, pathname: string) => Promise<Answer>;

export function createSimulatorServer(options: SimulatorOptions, token: string, control: Control) {
	const log: LoggedRequest[] = [];
	const jobs = new Map<string, Job>();
	const faults = new Script(checkFault);
	const plans = new Script(checkPlan);
	const answer = createApi(options, jobs, plans, () => url);
	let url = '';

	async function handle(request: IncomingMessage, response: ServerResponse) {
		const [pathname, query] = (request.url ?? '').split('?');
		if (pathname.startsWith('/_simulator/')) {
			await send(response, await control(request, pathname));
			return;
		}
		const route = routeOf(request.method ?? '', pathname);
		const entry = entryOf(request, route, log.length + 1, token);
		log.push(entry);
		const fault = faults.take({ ...route, on: route.kind, nth: nth(route) });
		let cut = false;
		watch(response, entry, () => cut, options.onRequest);

		const received = await readBody(request, BODY_LIMIT_BYTES);
		if (!received) return;
		if (received.bytes > 0) {
			entry.bodyBytes = received.bytes;
			entry.bodySha256 = received.sha256;
		}
		// Also of a submit that no answer is made for: tests tell by it whose submit it was
		const json = received.text === undefined ? undefined : parseJson(received.text);
		if (route.kind === 'submit') entry.body = withoutDataUris(json);
		const perform = () => {
			if (received.text === undefined) return failure(413, 'The body is larger than 64 MiB.');
			return answer({
				...route,
				query: new URLSearchParams(query),
				authorized: entry.authorization === 'valid',
				json,
				summary: entry.body,
				range: request.headers.range,
				ifRange: request.headers['if-range'] as string | undefined,
				fileEffect: fault,
			});
		};
		const refused = fault?.refuse && refusalOf(fault.refuse, entry.body, fault.status);
		const final = refused ?? (fault && !fault.refuse ? obey(fault, perform) : perform());
		// Without `ref`, a delay cannot keep a process alive whose simulator is closed
		if (fault?.delayMs) await sleep(fault.delayMs, undefined, { ref: false });
		if (fault?.hang) return;
		if (fault?.reset) {
			cut = true;
			request.socket.resetAndDestroy();
			return;
		}
		entry.answered = final?.status;
		if (!final || (await send(response, final))) return;
		cut = true;
		entry.answered = undefined;
		request.socket.destroy();
	}

	/** Submits count as they arrive; everything about a job goes by the number of that job. */
	function nth({ kind, requestId }: Route): number | undefined {
		if (kind === 'submit') return log.filter((entry) => entry.kind === 'submit').length;
		return requestId === undefined ? undefined : jobs.get(requestId)?.n;
	}

	const server = createServer((request, response) => void handle(request, response));
	// Node closes idle connections after 5 s, at times just when a client sends on one again
	server.keepAliveTimeout = 60_000;

	async function listen(port: number): Promise<string> {
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject);
			server.listen(port, '127.0.0.1', resolve);
		});
		const address = server.address();
		url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`;
		return url;
	}

	async function close() {
		await new Promise<void>((resolve) => {
			server.close(() => resolve());
			server.closeAllConnections();
		});
	}

	return { log, jobs, faults, plans, listen, close };
}

/** What a fault makes of the answer; nothing when the connection will be cut or left open anyway. */
function obey(fault: Fault, perform: () => Answer): Answer | undefined {
	const instead = replacement(fault);
	const silent = fault.reset || fault.hang;
	const normal = (!instead && !silent) || fault.after ? perform() : undefined;
	return instead ?? (normal && changed(normal, fault));
}
