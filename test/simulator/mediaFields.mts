import { referencedBytes } from './files.mts';
import { imageSize } from './imageSize.mts';
import { dataUriBytes, readDataUri } from './media.mts';
import type { InputSchema, Validation } from './models.mts';
import type { MediaKind } from './outputs.mts';
import type { Problem } from './validate.mts';

const MIB = 1024 * 1024;
/** As RunComfy writes sizes in `validations`. */
const MB = 1_000_000;

/**
 * Types as on RunComfy's pages and samples; sizes before base64 of images and videos from an official
 * client, that of sounds made up.
 */
const KINDS: Record<MediaKind, { types: string[]; limitBytes: number }> = {
	image: { types: ['image/jpeg', 'image/png', 'image/webp'], limitBytes: 6 * MIB },
	video: { types: ['video/mp4', 'video/quicktime'], limitBytes: 32 * MIB },
	audio: { types: ['audio/mpeg', 'audio/wav'], limitBytes: 32 * MIB },
};

/** What speaks against the files in a body that fits its schema, at any depth. */
export function mediaProblems(
	schema: InputSchema,
	value: unknown,
	loc: Problem['loc'],
	kind = kindOf(schema),
): Problem[] {
	if (value === undefined || value === null) return [];
	if (Array.isArray(value)) {
		const { items = {} } = schema;
		// What holds for the files of a list may stand on the list or on its items
		const field = { ...items, validations: items.validations ?? schema.validations };
		return value.flatMap((entry, at) =>
			mediaProblems(field, entry, [...loc, at], kindOf(items) ?? kind),
		);
	}
	if (kind) return fileProblems(kind, schema.validations ?? [], value, loc);
	if (typeof value !== 'object') return [];
	const given = value as Record<string, unknown>;
	return Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
		mediaProblems(field, given[name], [...loc, name]),
	);
}

function kindOf({ format = '' }: InputSchema): MediaKind | undefined {
	return /^(image|video|audio)_uris?$/.exec(format)?.[1] as MediaKind | undefined;
}

function fileProblems(
	kind: MediaKind,
	validations: Validation[],
	value: unknown,
	loc: Problem['loc'],
): Problem[] {
	const problem = (type: string, msg: string) => [{ loc, msg, type }];
	const noFile = problem('uri', 'must be an https URL or a well-formed base64 data URI');
	if (typeof value !== 'string') return noFile;
	if (!value.startsWith('data:')) {
		if (!URL.canParse(value)) return noFile;
		const url = new URL(value);
		if (url.protocol === 'https:') return [];
		if (!isOwn(url)) return noFile;
		return broken(validations, referencedBytes(url), loc);
	}
	const uri = readDataUri(value);
	if (!uri) return noFile;
	const { types, limitBytes } = KINDS[kind];
	if (uri.bytes > limitBytes) return problem('too_large', `is larger than ${limitBytes / MIB} MiB`);
	if (!types.includes(uri.declaredType))
		return problem('media_type', `must be one of ${types.join(', ')}`);
	if (uri.sniffedType !== uri.declaredType) {
		const actual = uri.sniffedType ?? 'of no known type';
		return problem('media_type', `claims ${uri.declaredType}, but is ${actual}`);
	}
	return broken(validations, dataUriBytes(value), loc);
}

/** RunComfy takes no http link; this machine's own files are what the simulator could read. */
const isOwn = ({ protocol, hostname }: URL) =>
	protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname);

/** The rules of the schema that a file breaks. Of what can't be measured, none. */
function broken(
	validations: Validation[],
	bytes: Buffer | undefined,
	loc: Problem['loc'],
): Problem[] {
	if (!bytes || validations.length === 0) return [];
	const size = imageSize(bytes);
	const measured: Record<string, number | undefined> = {
		file_size_mb: bytes.length / MB,
		width_pixels: size?.width,
		height_pixels: size?.height,
		'width/height': size && size.width / size.height,
	};
	return validations
		.filter(({ validation_rule: rule, validation_value: limit }) => {
			const found = measured[rule.slice(0, -1)];
			if (found === undefined) return false;
			return rule.endsWith('<') ? !(found < limit) : !(found > limit);
		})
		.map(({ validation_error: msg, validation_rule: type }) => ({ loc, msg, type }));
}
