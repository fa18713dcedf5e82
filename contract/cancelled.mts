import { createRequire } from 'node:module';
import { at, inShort, isRefusal, type Api } from './api.mts';
import { follow } from './follow.mts';
import { judge, type Finding } from './finding.mts';
import { ORDER, STANDARD } from './order.mts';

const require = createRequire(import.meta.url);
const { phaseOf } = require('../dist/nodes/RunComfy/api/states.js');

/** What becomes of an order that is cancelled as soon as it is made. */
export async function* cancelled(api: Api, pollMs: number): AsyncGenerator<Finding> {
	const body = { ...ORDER, prompt: 'A cup of tea on a table' };
	const submit = await api.call(`/v1/models/${STANDARD}`, { body });
	const id = at(submit.body, 'request_id');
	if (id === undefined) {
		yield judge(
			'Is an order without images taken?',
			'HTTP 200 with a request_id',
			inShort(submit),
			[
				{ holds: false, node: '' },
				{ holds: isRefusal(submit), node: 'says why it was refused' },
			],
		);
		return;
	}
	const answer = await api.call(`/v1/requests/${String(id)}/cancel`, { method: 'POST' });
	const outcome = at(answer.body, 'outcome');
	yield judge(
		'How is a cancel answered right after the order?',
		'HTTP 202 with outcome cancelled',
		isRefusal(answer)
			? inShort(answer)
			: `HTTP ${answer.status}, outcome ${String(outcome)}, status ${String(at(answer.body, 'status'))}`,
		[
			{
				holds: answer.status === 202 && outcome === 'cancelled',
				node: 'says that it was cancelled',
			},
			{
				holds: outcome === 'cancelled' || outcome === 'not_cancellable',
				node: 'says which of the two it was',
			},
			{ holds: answer.status < 500, node: 'looks at its status, and says what that is' },
		],
	);
	const { status, result, last } = await follow(api, String(id), pollMs);
	yield judge(
		'… what is it afterwards, and what does it cost?',
		'cancelled in status and result, no cost',
		`status ${status.at(-1)}, result ${result.join(', ')}, cost ${String(at(last.body, 'cost') ?? 'none')}`,
		[
			{
				holds:
					status.at(-1) === 'cancelled' && result.join() === 'cancelled' && !at(last.body, 'cost'),
				node: 'says so',
			},
			{
				holds: result.length > 0 && result.every((word) => phaseOf(word) !== 'unknown'),
				node: 'goes by the result',
			},
		],
	);
}
