import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import type { INodeProperties, INodePropertyOptions, INodeTypeDescription } from 'n8n-workflow';
import { projectDir } from '../../scripts/runtime/node.mjs';
import { fieldsOf, sourceFiles, textsOf } from './texts.mts';

const require = createRequire(import.meta.url);
const { RunComfy } = require('../../dist/nodes/RunComfy/RunComfy.node.js');
const { TIERS } = require('../../dist/nodes/RunComfy/resources/video/tiers.js');
const description: INodeTypeDescription = new RunComfy().description;

const BUILT = join(projectDir, 'dist', 'nodes', 'RunComfy');
/** The modules that are loaded, as paths from the node's folder. */
const loaded = () =>
	Object.keys(require.cache)
		.filter((file) => file.startsWith(BUILT))
		.map((file) => relative(BUILT, file));
/** With the form alone. */
const loadedAtFirst = loaded();

const fields = fieldsOf(description.properties);
const choicesOf = (field: INodeProperties) =>
	field.type === 'options' ? (field.options as INodePropertyOptions[]) : [];
const operations = choicesOf(description.properties.find(({ name }) => name === 'operation')!);

/** The operations of all resources. */
const allOperations = description.properties
	.filter(({ name }) => name === 'operation')
	.flatMap((field) =>
		choicesOf(field).map((operation) => {
			const [resource] = field.displayOptions?.show?.resource ?? [];
			return [String(resource), operation] as const;
		}),
	);

/** The fields that an operation of a resource shows. */
const shownFor = (operation: string, resource = 'video') =>
	description.properties.filter(
		({ displayOptions: { show } = {} }) =>
			show?.operation?.includes(operation) && show.resource?.includes(resource),
	);

const SMALL_WORDS = [
	'a',
	'an',
	'and',
	'as',
	'by',
	'for',
	'from',
	'in',
	'of',
	'on',
	'or',
	'per',
	'the',
	'to',
	'with',
];
const isTitleCase = (text: string) =>
	text
		.replace(/\(.*?\)/g, '')
		.split(/[\s-]+/)
		.filter(Boolean)
		.every((word, index) => /^[\dA-Z]/.test(word) || (index > 0 && SMALL_WORDS.includes(word)));

// n8n's UX guidelines; code words such as 'error_code' are no text.
const FORBIDDEN = /(?<![\w'.])(errors?|problems?|failures?|mistakes?)(?![\w'])|binary property/i;

describe('the description', () => {
	test('has the operations of the contract, in order, with their values', () => {
		expect(operations.map(({ value }) => value)).toStrictEqual([
			'cancel',
			'create',
			'estimateCost',
			'generate',
			'getStatus',
			'waitForCompletion',
		]);
		for (const { action, routing } of operations) {
			expect(action).toMatch(/^(?!.*\b(a|an|the)\b)./);
			expect(routing?.send?.paginate).toBe(true);
			expect(typeof routing?.operations?.pagination).toBe('function');
		}
	});

	test('shows model, cost guard and references in every operation that describes a video', () => {
		for (const operation of ['create', 'generate', 'estimateCost']) {
			const shown = shownFor(operation);
			const names = shown.map(({ name }) => name);
			for (const name of [
				'inputItems',
				'model',
				'prompt',
				'referenceImages',
				'referenceVideo',
				'videoBinaryPropertyName',
				'videoUrl',
				'aspectRatio',
				'duration',
			]) {
				expect(names).toContain(name);
			}
			const options = shown.find(({ name }) => name === 'options');
			expect((options?.options as INodeProperties[]).map(({ name }) => name).sort()).toStrictEqual([
				'additionalInput',
				'dryRun',
				'idempotencyKey',
				'keepOriginalSound',
				'maxConcurrent',
				'maxCostUsd',
				'maxRunCostUsd',
				'multiPrompt',
				'sendFilesAs',
				'shotType',
				'skipChecks',
				'sound',
			]);
		}
		for (const operation of ['generate', 'waitForCompletion']) {
			const options = shownFor(operation).find(({ name }) => name === 'waitOptions');
			expect((options?.options as INodeProperties[]).map(({ name }) => name).sort()).toStrictEqual([
				'cancelOnStop',
				'fileName',
				'pollInterval',
				'timeout',
			]);
		}
		for (const operation of ['getStatus', 'waitForCompletion', 'cancel']) {
			const field = shownFor(operation).find(({ name }) => name === 'requestId');
			expect(field?.default).toBe('={{ $json.request_id }}');
		}
	});

	test('shows model, inputs and guards in every operation that orders from any model', () => {
		for (const operation of ['create', 'generate', 'estimateCost']) {
			const shown = shownFor(operation, 'model');
			const names = shown.map(({ name }) => name);
			for (const name of ['modelId', 'modelInputs', 'inputItems']) expect(names).toContain(name);
			const options = shown.find(({ name }) => name === 'options');
			const guards = shownFor(operation).find(({ name }) => name === 'options');
			const namesOf = (field?: INodeProperties) =>
				(field?.options as INodeProperties[]).map(({ name }) => name);
			const kling = ['keepOriginalSound', 'multiPrompt', 'shotType', 'sound'];
			expect(namesOf(options)).toStrictEqual(
				namesOf(guards).filter((name) => !kling.includes(name)),
			);
		}
	});

	test('has every action once, and methods for every list of the form', () => {
		const actions = allOperations.map(([, { action }]) => action);
		expect(actions).toStrictEqual([...new Set(actions)]);
		const { methods } = new RunComfy();
		for (const { type, modes = [], typeOptions } of fields) {
			if (type === 'resourceMapper')
				expect(
					String(typeOptions?.resourceMapper?.resourceMapperMethod) in methods.resourceMapping,
				).toBe(true);
			for (const mode of modes.filter(({ type: own }) => own === 'list'))
				expect(String(mode.typeOptions?.searchListMethod) in methods.listSearch).toBe(true);
		}
	});

	test('puts required fields first', () => {
		for (const [resource, { value }] of allOperations) {
			const always = shownFor(String(value), resource).filter(
				({ displayOptions }) => Object.keys(displayOptions?.show ?? {}).length === 2,
			);
			const firstOptional = always.findIndex(({ required }) => !required);
			const late = always.slice(firstOptional).filter(({ required }) => required);
			expect(firstOptional < 0 ? [] : late.map(({ name }) => name)).toStrictEqual([]);
		}
	});

	test('writes labels in title case and everything else in sentence case', () => {
		const choices = fields.flatMap(choicesOf);
		for (const label of [
			...fields.filter(({ type }) => type !== 'notice').map(({ displayName }) => displayName),
			...choices.map(({ name }) => name),
		]) {
			expect([label, isTitleCase(label)]).toStrictEqual([label, true]);
		}
		const texts = fields.flatMap(({ description, hint }) => [description, hint]);
		for (const text of [...texts, ...choices.map(({ description }) => description)]) {
			if (text) expect(text).toMatch(/^[^a-z]/);
		}
		for (const { placeholder, type } of fields) {
			if (placeholder && !['collection', 'fixedCollection'].includes(type))
				expect(placeholder).toMatch(/^e\.g\. /);
		}
		const booleans = fields.filter(({ type }) => type === 'boolean');
		expect(
			booleans.filter(({ description }) => !description?.startsWith('Whether ')),
		).toStrictEqual([]);
	});

	test('sorts options by name from five on', () => {
		for (const field of fields) {
			const labels = (field.options ?? []).map((option) =>
				'displayName' in option ? option.displayName : option.name,
			);
			if (labels.length >= 5) expect(labels).toStrictEqual([...labels].sort());
		}
	});

	test('offers exactly the models it knows', () => {
		for (const field of fields.filter(({ name }) => name === 'model')) {
			expect(choicesOf(field).map(({ value }) => value)).toStrictEqual(
				TIERS.map(({ modelId }: { modelId: string }) => modelId),
			);
			expect(field.default).toBe(TIERS[0].modelId);
		}
	});

	test('is loaded without what an operation needs, and operations without the sample of a dry run', () => {
		expect(loadedAtFirst).toContain('RunComfy.node.js');
		expect(
			loadedAtFirst.filter((file) => /^(operations|output|order|api)\//.test(file)),
		).toStrictEqual([]);
		for (const { value } of operations) require(join(BUILT, 'operations', `${value}.js`));
		expect(loaded()).toContain(join('output', 'sampleFile.js'));
		expect(loaded()).not.toContain(join('output', 'sample.js'));
	});

	test('says nothing that n8n asks nodes not to say', () => {
		const texts = sourceFiles().flatMap((file) =>
			textsOf(readFileSync(join(projectDir, file), 'utf8')).map((text) => ({ file, text })),
		);
		expect(texts.filter(({ text }) => FORBIDDEN.test(text))).toStrictEqual([]);
	});
});
