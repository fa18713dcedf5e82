import type { FileTexts } from '../shared/waitFields';

/** What the form says of the files that a model makes. */
export const fileTexts: FileTexts = {
	download: {
		displayName: 'Download Files',
		name: 'downloadFiles',
		description: 'Whether to add what the model made to the output as files, besides their URLs',
	},
	output: 'the first file; further ones get the same with _1, _2 and so on',
	fileName: {
		placeholder: 'e.g. picture',
		description:
			'Name of the file; several are numbered. Left empty, it is named after model and request.',
	},
};
