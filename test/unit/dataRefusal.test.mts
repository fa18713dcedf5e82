import { canMeanNoData } from '../../dist/nodes/RunComfy/check/dataRefusal.js';

const FIELDS = ['images', 'video'];

const cases: Array<[boolean, number, string?, number?]> = [
	[true, 413, 'Payload Too Large'],
	[true, 413],
	[true, 415, 'Unsupported Media Type'],
	[true, 400],
	[true, 422],
	[true, 422, 'images.0: must be an https URL'],
	[true, 422, 'images.0: value is not valid'],
	[true, 400, 'video is invalid'],
	[true, 400, 'Only public links are accepted'],
	[true, 400, 'Could not parse URI'],
	[true, 422, 'base64 content is not supported'],
	[true, 422, 'images.0: nope', 422_000],
	[false, 422, 'prompt: is too long'],
	[false, 400, 'The prompt was moderated'],
	[false, 422, 'video_length: must be at most 15'],
	[false, 400, 'images', 400001],
	[false, 400, 'balance too low, see url', 400002],
	[false, 402, 'images'],
	[false, 401],
	[false, 403, 'url'],
	[false, 404],
	[false, 429, 'images'],
	[false, 200, 'images', 400007],
];
for (const [expected, httpStatus, reason, errorCode] of cases)
	test(`${httpStatus} ${errorCode ?? ''} ${reason ?? 'without a word'}: ${expected}`, () => {
		const details = { submitted: 'no', httpStatus, reason, errorCode } as const;
		expect(canMeanNoData(details, FIELDS)).toBe(expected);
		for (const submitted of ['yes', 'unknown'] as const)
			expect(canMeanNoData({ ...details, submitted }, FIELDS)).toBe(false);
	});
