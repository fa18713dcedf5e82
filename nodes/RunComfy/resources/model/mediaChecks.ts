import type { Look } from '../../order/files/reference';
import type { Finding } from '../../order/order';
import { labelOf } from '../../order/references';
import { exactNumber } from '../../text/values';
import { cutOffIssue, emptyIssue, typeIssueOf } from '../shared/fileIssues';
import type { Filled, Slot } from './media';
import { schemaIn, type MediaKind, type Schema } from './schema';

/** The types that RunComfy's pages and samples name, and what to do about others of the same kind. */
const TAKEN: Record<MediaKind, { types: string[]; wanted: string; convert: string }> = {
	image: {
		types: ['image/jpeg', 'image/png', 'image/webp'],
		wanted: 'a JPEG, PNG or WebP image',
		convert: 'Convert it to JPEG or PNG first',
	},
	video: {
		types: ['video/mp4', 'video/quicktime'],
		wanted: 'an MP4 or MOV video',
		convert: 'Convert it to MP4 first',
	},
	audio: {
		types: ['audio/mpeg', 'audio/wav'],
		wanted: 'an MP3 or WAV file',
		convert: 'Convert it to MP3 or WAV first',
	},
};

/** What keeps files, and links that were looked at, from being sent; sizes aside, which go by how they are. */
export function mediaIssues(filled: Filled[]): Finding[] {
	return filled.flatMap(({ slot, references }) =>
		references.flatMap((reference) => {
			const isLink = 'url' in reference;
			const look = isLink ? reference.look : reference.file;
			const item = isLink ? undefined : reference.file.item;
			if (!look) return [];
			const label = labelOf({ place: slot.label, reference });
			return issuesOf(slot, look, isLink).map(({ text, check }) => ({
				item,
				text: `${label} ${text}`,
				check,
			}));
		}),
	);
}

function issuesOf(
	{ kind, schema }: Slot,
	look: Look,
	isLink: boolean,
): Array<Pick<Finding, 'text' | 'check'>> {
	const { types, wanted, convert } = TAKEN[kind];
	// The look at a link may have ended before its first bytes.
	const isOther = kindOf(look) !== kind && !(isLink && !look.type);
	const firm =
		emptyIssue(look, isLink) ?? (isOther ? typeIssueOf(look, wanted) : cutOffIssue(look));
	if (firm) return [{ text: firm }];
	const isTaken = !look.type || types.includes(look.type.mime);
	return [
		...ruleIssues(schema, look).map((text) => ({ text })),
		// Some models may take these as well.
		...(isTaken ? [] : [{ text: typeIssueOf(look, wanted, convert), check: 'limits' as const }]),
	];
}

/** What a file is, by its bytes; a film without pictures is sound. */
const kindOf = ({ type, video }: Look): string | undefined =>
	video?.isSoundOnly ? 'audio' : type?.mime.split('/')[0];

const sizeOf = ({ image, video }: Look): { width?: number; height?: number } =>
	image ?? video ?? {};

/** What RunComfy's rules measure of a file, where that is known, and how a message says it. */
const MEASURES: Record<string, { unit: string; of: (look: Look) => number | undefined }> = {
	file_size_mb: { unit: ' MB', of: ({ bytes }) => bytes && bytes / 1_000_000 },
	'width/height': {
		unit: ' (width / height)',
		of: (look) => {
			const { width, height } = sizeOf(look);
			return width && height && width / height;
		},
	},
	width_pixels: { unit: ' pixels wide', of: (look) => sizeOf(look).width },
	height_pixels: { unit: ' pixels high', of: (look) => sizeOf(look).height },
};

interface Rule {
	/** What is measured, and < or >. */
	validation_rule?: unknown;
	validation_value?: unknown;
}

/** How a file breaks the rules that RunComfy publishes with an input. */
function ruleIssues(schema: Schema, look: Look): string[] {
	const rules = [schema.validations, schemaIn(schema.items).validations].flatMap((list) =>
		Array.isArray(list) ? (list as Array<Rule | null>) : [],
	);
	return rules.flatMap((rule) => {
		const [, name, sign] = /^(.+?)\s*([<>])$/.exec(String(rule?.validation_rule)) ?? [];
		const limit = exactNumber(rule?.validation_value);
		if (limit === undefined || !Object.hasOwn(MEASURES, name ?? '')) return [];
		const { unit, of } = MEASURES[name];
		const amount = of(look);
		if (amount === undefined || (sign === '<' ? amount < limit : amount > limit)) return [];
		const shown = Math.round(amount * 1000) / 1000;
		return `is ${shown}${unit}; it must be ${sign === '<' ? 'less' : 'more'} than ${limit}`;
	});
}
