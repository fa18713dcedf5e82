import { median } from './measure.mts';

/** One line of the table: a figure, on whose account, and what each run gave. */
export interface Row {
	figure: string;
	/** What was done: how many items, which files. */
	work: string;
	contender: string;
	unit: string;
	values: number[];
	/** The median has to be at most this. */
	target?: number;
	note?: string;
	/** The panel of the picture that shows the median. */
	panel?: string;
	/** What the picture multiplies the values with, to show seconds instead of a ratio. */
	scale?: number;
}

export interface Part {
	measuredAt: string;
	runs: number;
	machine: Record<string, string | number>;
	rows: Row[];
}

export type Results = Record<string, Part>;

/** Rows are collected run by run: the same figure, work and contender is the same row. */
export class Rows {
	readonly all: Row[] = [];

	add({ value, ...row }: Omit<Row, 'values'> & { value: number }): void {
		const same = this.all.find(
			({ figure, work, contender }) =>
				figure === row.figure && work === row.work && contender === row.contender,
		);
		if (same) same.values.push(value);
		else this.all.push({ ...row, values: [value] });
	}
}

export const holds = ({ values, target }: Row): boolean | undefined =>
	target === undefined ? undefined : median(values) <= target;

const digits = (value: number): string => {
	const rounded = Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
	return String(Number(rounded));
};

export function toMarkdown(results: Results): string {
	const parts = Object.values(results);
	const lines = parts.flatMap(({ rows }) => rows.map(lineOf));
	const about = Object.entries(results).map(([name, { measuredAt, runs, machine }]) => {
		const { processor, cores, memoryGB, system, node, n8n } = machine;
		const on = `${processor}, ${cores} cores, ${memoryGB} GB, ${system}, Node.js ${node}, n8n ${n8n}`;
		return `- ${name}: ${runs} ${runs === 1 ? 'run' : 'runs'} on ${measuredAt.slice(0, 10)}; ${on}`;
	});
	return [
		'# Benchmark',
		'',
		'Written by `npm run bench`. What is measured how: [bench/README.md](../README.md).',
		'',
		'| Figure | Work | Contender | Median | Min … max | Target | Holds |',
		'| --- | --- | --- | ---: | ---: | ---: | --- |',
		...lines,
		'',
		...about,
		'',
	].join('\n');
}

function lineOf(row: Row): string {
	const { figure, work, contender, unit, values, target, note } = row;
	const range =
		values.length > 1 ? `${digits(Math.min(...values))} … ${digits(Math.max(...values))}` : '';
	const verdict = { true: 'yes', false: '**no**', undefined: '' }[String(holds(row))];
	const cells = [
		figure,
		note ? `${work} (${note})` : work,
		contender,
		`${digits(median(values))} ${unit}`.trim(),
		range,
		target === undefined ? '' : `≤ ${target}`,
		verdict,
	];
	return `| ${cells.join(' | ')} |`;
}
