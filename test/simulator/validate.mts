import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Answer } from './answer.mts';
import { failure } from './errors.mts';
import type { Model } from './models.mts';
import type { DataUri } from './types.mts';

const MIB = 1024 * 1024;
/** Largest JSON body (official client). */
export const BODY_LIMIT_BYTES = 64 * MIB;

/** Types as on RunComfy's pages and samples; sizes before base64 from the official client. */
const KINDS = {
	image: { types: ['image/jpeg', 'image/png', 'image/webp'], limitBytes: 6 * MIB },
	video: { types: ['video/mp4', 'video/quicktime'], limitBytes: 32 * MIB },
};

/** Images allowed beside a reference video (RunComfy model page). */
const IMAGES_WITH_VIDEO = 4;

interface Problem {
	loc: Array<string | number>;
	msg: string;
	type: string;
}

/** The reference fields of a body that fits the schema. */
interface References {
	images?: Array<string | DataUri>;
	video?: string | DataUri;
}

type Validator = (json: unknown, summary: unknown) => Answer | undefined;

/** Checks the body of a submit: `json` as it came, `summary` with its data URIs read. */
export function validator(model: Model): Validator {
	// The schemas use formats of RunComfy's own, on arrays too, which is nothing to Ajv
	const formats = { image_uris: true, video_uri: true } as const;
	const check = new Ajv({ allErrors: true, strictTypes: false, formats }).compile(
		model.inputSchema,
	);
	return (json, summary) => {
		const problems = schemaProblems(check, json);
		if (problems.length > 0) return failure(422, problems);
		const input = summary as References;
		const found = [...rules(model, input), ...media(input)];
		if (found.length === 0) return undefined;
		return failure(found.some(({ type }) => type === 'too_large') ? 413 : 422, found);
	};
}

function schemaProblems(check: ValidateFunction, json: unknown): Problem[] {
	if (check(json)) return [];
	return (check.errors ?? []).map((error: ErrorObject) => ({
		loc: location(error),
		msg: error.message ?? 'is not valid',
		type: error.keyword,
	}));
}

function location({ instancePath, params }: ErrorObject) {
	const steps = instancePath.split('/').slice(1);
	const missing = typeof params.missingProperty === 'string' ? [params.missingProperty] : [];
	return ['body', ...steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step)), ...missing];
}

function rules(model: Model, { images = [], video }: References): Problem[] {
	if (video === undefined) return [];
	if (!('video' in model.inputSchema.properties))
		return [{ loc: ['body', 'video'], msg: 'this model takes no video', type: 'forbidden' }];
	if (images.length <= IMAGES_WITH_VIDEO) return [];
	const msg = `must NOT have more than ${IMAGES_WITH_VIDEO} items beside a video`;
	return [{ loc: ['body', 'images'], msg, type: 'maxItems' }];
}

function media({ images = [], video }: References): Problem[] {
	const found = images.map((image, index) => reference(image, 'image', ['body', 'images', index]));
	if (video !== undefined) found.push(reference(video, 'video', ['body', 'video']));
	return found.filter((problem) => problem !== undefined);
}

function reference(
	value: string | DataUri,
	kind: keyof typeof KINDS,
	loc: Problem['loc'],
): Problem | undefined {
	const { types, limitBytes } = KINDS[kind];
	if (typeof value === 'string') {
		const isUrl = URL.canParse(value) && (isPublic(new URL(value)) || isOwn(new URL(value)));
		const msg = 'must be an https URL or a well-formed base64 data URI';
		return isUrl ? undefined : { loc, msg, type: 'uri' };
	}
	if (value.bytes > limitBytes)
		return { loc, msg: `is larger than ${limitBytes / MIB} MiB`, type: 'too_large' };
	if (!types.includes(value.declaredType))
		return { loc, msg: `must be one of ${types.join(', ')}`, type: 'media_type' };
	if (value.sniffedType === value.declaredType) return undefined;
	const actual = value.sniffedType ?? 'of no known type';
	return { loc, msg: `claims ${value.declaredType}, but is ${actual}`, type: 'media_type' };
}

const isPublic = ({ protocol }: URL) => protocol === 'https:';

/** RunComfy takes no http link; this machine's own files are what the simulator could read. */
const isOwn = ({ protocol, hostname }: URL) =>
	protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname);
