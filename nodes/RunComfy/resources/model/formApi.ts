import { NodeOperationError, type ILoadOptionsFunctions } from 'n8n-workflow';

import { connect, type Api } from '../../api/client';
import type { Failure } from '../../api/failure';
import { now } from '../../n8n/clock';
import { requestContext, requestSettings } from '../../n8n/formContext';
import { readable } from '../../n8n/messages';

/** How long a form may load, in ms: somebody is looking at it. */
const FORM_DEADLINE_MS = 15_000;

/** A connection for a form, and until when its reads may go on. */
export async function formApi(
	form: ILoadOptionsFunctions,
): Promise<{ api: Api; deadline: number }> {
	const options = {
		url: '',
		timeout: FORM_DEADLINE_MS,
		...requestSettings(form),
	};
	return {
		api: await connect(requestContext(form), options),
		deadline: now() + FORM_DEADLINE_MS,
	};
}

/** Why a form can't be filled. Of an error the editor shows the message, and nothing else that can be relied on. */
export function listError(
	form: ILoadOptionsFunctions,
	{ message, details: { hint } }: Failure,
): NodeOperationError {
	const text = [`${message}.`, hint].filter(Boolean).join(' ');
	return new NodeOperationError(form.getNode(), readable(text));
}
