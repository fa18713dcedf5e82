import { STATUS_CODES } from 'node:http';
import type { Answer } from './answer.mts';

/** RunComfy's error table (its API documentation). The HTTP statuses are undocumented: plausible ones. */
const ERRORS: Record<number, { status: number; message: string }> = {
	400001: { status: 400, message: 'InvalidResourceIdentifier' },
	400002: { status: 402, message: 'InsufficientResources' },
	400004: { status: 401, message: 'UserAccountError' },
	// Known from a client's tests only, with this HTTP status; the name is made up
	400005: { status: 400, message: 'NotReady' },
	403001: { status: 403, message: 'PermissionDeniedError' },
	403003: { status: 403, message: 'PermissionDeniedError' },
	404001: { status: 404, message: 'ResourceNotFound' },
};

export function refusal(code: number, detail?: unknown, status?: number): Answer {
	const known = ERRORS[code];
	return {
		status: status ?? known?.status ?? 400,
		json: {
			error_code: code,
			error_message: known?.message ?? 'UnknownError',
			...(detail === undefined ? {} : { detail }),
		},
	};
}

/** A failure without one of RunComfy's codes. */
export function failure(status: number, detail?: unknown): Answer {
	return {
		status,
		json: { message: STATUS_CODES[status] ?? 'Error', ...(detail === undefined ? {} : { detail }) },
	};
}
