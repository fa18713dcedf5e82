import { shownUrl } from '../../order/files/links';
import type { Look } from '../../order/files/reference';
import type { Finding } from '../../order/order';
import { exactNumber, mebibytes, megabytes } from '../../text/values';
import type { Found, MediaField } from './media';
import { schemaIn, type MediaKind } from './schema';

interface Limits {
	/** The types that are certainly taken, as their MIME types and as a user would call them. */
	types: string[];
	wanted: string;
	convert: string;
	/** RunComfy's official client, before base64; for sound it names none. */
	maxFileBytes?: number;
	/** RunComfy's pages. */
	maxLinkBytes?: number;
}

const MIB = 1024 * 1024;

const LIMITS: Record<MediaKind, Limits> = {
	image: {
		types: ['image/jpeg', 'image/png', 'image/webp'],
		wanted: 'a JPEG, PNG or WebP image',
		convert: 'Convert it to JPEG or PNG first',
		maxFileBytes: 6 * MIB,
		maxLinkBytes: 50_000_000,
	},
	video: {
		types: ['video/mp4', 'video/quicktime'],
		wanted: 'an MP4 or MOV video',
		convert: 'Convert it to MP4 first',
		maxFileBytes: 32 * MIB,
		maxLinkBytes: 100_000_000,
	},
	audio: {
		types: ['audio/mpeg', 'audio/wav'],
		wanted: 'an MP3 or WAV file',
		convert: 'Convert it to MP3 or WAV first',
	},
};

/** One file or link of which something is known, and how a message begins that is about it. */
interface Subject {
	field: MediaField;
	label: string;
	item?: number;
	look: Look;
	isLink: boolean;
}

/** What keeps files, and links that were looked at, from being sent. */
export function mediaIssues(found: Found[]): Finding[] {
	return subjectsOf(found).flatMap((subject) => {
		const { label, item } = subject;
		const firm = brokenIssue(subject) ?? kindIssue(subject) ?? sizeIssue(subject);
		const issues = firm ? [firm] : publishedIssues(subject);
		if (issues.length) return issues.map((text) => ({ item, text: `${label} ${text}` }));
		const lenient = typeIssue(subject);
		return lenient ? [{ item, text: `${label} ${lenient}`, check: 'limits' }] : [];
	});
}

function subjectsOf(found: Found[]): Subject[] {
	return found.flatMap(({ field, references }) =>
		references.flatMap((reference): Subject[] => {
			if ('file' in reference) {
				const { item, name, binary } = reference.file;
				const fileName = binary.fileName ? ` (${binary.fileName})` : '';
				const label = `'${field.label}': file '${name}'${fileName}`;
				return [{ field, label, item, look: reference.file, isLink: false }];
			}
			const { url, look } = reference;
			return look
				? [{ field, label: `'${field.label}': link '${shownUrl(url)}'`, look, isLink: true }]
				: [];
		}),
	);
}

function brokenIssue({ look, isLink }: Subject): string | undefined {
	if (look.bytes === 0)
		return `is empty (0 bytes). Check the ${isLink ? 'link' : 'node that made it'}`;
	return look.isCutOff ? 'is cut off: its end is missing. Download or export it again' : undefined;
}

/** What a file is, by its bytes; a film without pictures is sound. */
const kindOf = ({ type, video }: Look): string | undefined =>
	video?.isSoundOnly ? 'audio' : type?.mime.split('/')[0];

function kindIssue({ field, look, isLink }: Subject): string | undefined {
	const { kind } = field.media;
	// The look at a link may not have come as far as its first bytes.
	if (kindOf(look) === kind || (!look.type && isLink)) return undefined;
	return mustBe(field, look);
}

/** Types of the right kind that RunComfy's pages and samples do not name; some models take them. */
function typeIssue({ field, look }: Subject): string | undefined {
	const isKnown = !look.type || LIMITS[field.media.kind].types.includes(look.type.mime);
	return isKnown ? undefined : mustBe(field, look);
}

function mustBe({ media: { kind } }: MediaField, look: Look): string {
	const { wanted, convert } = LIMITS[kind];
	const what = look.type ? look.type.label : "of a type that this node doesn't know";
	const hint = kindOf(look) === kind ? convert : look.type?.hint;
	return `is ${what}, but must be ${wanted}${hint ? `. ${hint}` : ''}`;
}

function sizeIssue({ field, look: { bytes = 0 }, isLink }: Subject): string | undefined {
	const { maxFileBytes, maxLinkBytes } = LIMITS[field.media.kind];
	const [limit, shown] = isLink ? [maxLinkBytes, megabytes] : [maxFileBytes, mebibytes];
	if (limit === undefined || bytes <= limit) return undefined;
	const instead = isLink ? '' : ', or give a link instead';
	return `is ${shown(bytes)}; the limit is ${shown(limit)}. Make it smaller${instead}`;
}

/** What the rules measure of a file, where it is known, and how a message says it. */
const MEASURES: Record<string, (look: Look) => { amount?: number; unit: string }> = {
	file_size_mb: ({ bytes }) => ({ amount: bytes && bytes / 1_000_000, unit: ' MB' }),
	'width/height': (look) => {
		const { width, height } = sizeOf(look);
		return { amount: width && height && width / height, unit: ' (width / height)' };
	},
	width_pixels: (look) => ({ amount: sizeOf(look).width, unit: ' pixels wide' }),
	height_pixels: (look) => ({ amount: sizeOf(look).height, unit: ' pixels high' }),
};

const sizeOf = ({ image, video }: Look): { width?: number; height?: number } =>
	image ?? video ?? {};

/** What a file has against the rules that RunComfy publishes with the input. */
function publishedIssues({ field: { schema }, look }: Subject): string[] {
	const rules = [schema.validations, schemaIn(schema.items).validations].flatMap((list) =>
		Array.isArray(list) ? list : [],
	);
	return rules.flatMap((rule: { validation_rule?: unknown; validation_value?: unknown } | null) => {
		const [, name, sign] = /^(.+?)\s*([<>])$/.exec(String(rule?.validation_rule)) ?? [];
		const limit = exactNumber(rule?.validation_value);
		if (limit === undefined || !name || !Object.hasOwn(MEASURES, name)) return [];
		const { amount, unit } = MEASURES[name](look);
		if (amount === undefined || (sign === '<' ? amount < limit : amount > limit)) return [];
		const shown = Math.round(amount * 1000) / 1000;
		return `is ${shown}${unit}; it must be ${sign === '<' ? 'less' : 'more'} than ${limit}`;
	});
}
