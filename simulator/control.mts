import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.mts';
import { parseJson, readBody } from './body.mts';
import { failure } from './errors.mts';
import type { Simulator } from './types.mts';

const BODY_LIMIT_BYTES = 1024 * 1024;

/** The simulator's own endpoints, for tests in other processes. */
export async function controlAnswer(
	simulator: Pick<Simulator, 'log' | 'jobs' | 'addFaults' | 'planJobs' | 'reset'>,
	request: IncomingMessage,
	pathname: string,
): Promise<Answer> {
	const received = await readBody(request, BODY_LIMIT_BYTES);
	const call = `${request.method} ${pathname.slice('/_simulator'.length)}`;
	if (call === 'GET /log') return { status: 200, json: simulator.log };
	if (call === 'GET /jobs') return { status: 200, json: [...simulator.jobs.values()] };
	if (call === 'POST /reset') {
		simulator.reset();
		return { status: 200, json: {} };
	}
	const add = { 'POST /faults': simulator.addFaults, 'POST /plans': simulator.planJobs }[call];
	if (!add) return failure(404);
	try {
		add(...([parseJson(received?.text ?? '')].flat() as never[]));
		return { status: 200, json: {} };
	} catch (error) {
		return failure(400, (error as Error).message);
	}
}
