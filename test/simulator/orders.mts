import { STATUS_CODES } from 'node:http';
import type { Answer } from './answer.mts';
import { refusal } from './errors.mts';
import { checkOrder } from './order-fields.mts';
import type { Order } from './types.mts';

interface Pending {
	order: Order;
	passed: number;
	used: number;
}

export interface Occasion {
	on: Order['on'];
	requestId?: string;
	nth?: number;
}

/** What tests asked to go wrong, and when. */
export class Orders {
	#pending: Pending[] = [];

	add(orders: Order[]) {
		orders.forEach(checkOrder);
		this.#pending.push(...orders.map((order) => ({ order, passed: 0, used: 0 })));
	}

	clear() {
		this.#pending = [];
	}

	/** The first order for this occasion. Every other one that fits counts it as passed by. */
	take(occasion: Occasion): Order | undefined {
		let taken: Pending | undefined;
		for (const pending of this.#pending.filter(({ order }) => fits(order, occasion))) {
			const { skip = 0, times = 1 } = pending.order;
			const ready = pending.passed >= skip && (times === -1 || pending.used < times);
			if (ready && !taken) taken = pending;
			else pending.passed += 1;
		}
		if (taken) taken.used += 1;
		return taken?.order;
	}
}

function fits(order: Order, { on, requestId, nth }: Occasion): boolean {
	return (
		order.on === on &&
		(order.requestId === undefined || order.requestId === requestId) &&
		(order.nth === undefined || order.nth === nth)
	);
}

/** The answer that takes the place of the normal one, if this order has one. */
export function replacement(order: Order): Answer | undefined {
	const { status, error, detail, html, body, headers } = order;
	if (error !== undefined) return merged(refusal(error, detail, status), order);
	if (html) {
		const code = status ?? 502;
		const title = `${code} ${STATUS_CODES[code] ?? ''}`;
		const raw = `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
		return { status: code, headers: { 'content-type': 'text/html', ...headers }, raw };
	}
	if (typeof body === 'string') return { status: status ?? 200, headers, raw: body };
	if (body !== undefined) return merged({ status: status ?? 200, json: body }, order);
	if (status === undefined || (status >= 200 && status < 300)) return undefined;
	return merged({ status, json: { message: STATUS_CODES[status] ?? 'Error' } }, order);
}

/** The normal answer, changed as ordered. */
export function changed(answer: Answer, order: Order): Answer {
	const status = answer.status < 300 ? (order.status ?? answer.status) : answer.status;
	const odd = { halved: order.truncate, stalled: order.stall };
	return { ...merged({ ...answer, status }, order), ...odd };
}

function merged(answer: Answer, { merge, headers }: Order): Answer {
	const both = { ...answer, headers: { ...answer.headers, ...headers } };
	if (!merge || typeof answer.json !== 'object') return both;
	const entries = Object.entries({ ...answer.json, ...merge });
	return { ...both, json: Object.fromEntries(entries.filter(([, value]) => value !== null)) };
}
