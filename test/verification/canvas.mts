import type { Example, ExampleNode } from '../e2e/examples/example.mts';

/*
 * How n8n 2.41.1 draws a workflow, read in its editor: a node is 96 pixels wide and high, its name stands below it,
 * lines leave on the right and arrive on the left. A line forward is a Bézier curve; one that leads back goes 40 pixels
 * out, 130 down, and back to the left.
 */
const NODE = 96;
/** A node that others hang below, such as an agent, and those others. */
const AGENT = 256;
const BELOW = 80;
const NAME = 40;
const OUT = 40;
const DOWN = 130;
const BACK = 20;
/** A note's text: its inner edge, and a letter and a line of it, in pixels. */
const EDGE = 16;
const LETTER = 7;
const LINE = 20;

type Point = [x: number, y: number];
interface Box {
	name: string;
	left: number;
	top: number;
	right: number;
	bottom: number;
}

const isNote = ({ type }: ExampleNode) => type.endsWith('.stickyNote');

/** How wide a node is: its lines say whether it hangs below another. */
function widthOf({ name, type }: ExampleNode, connections: object): number {
	const kinds = Object.keys((connections as Record<string, object>)[name] ?? {});
	if (kinds.some((kind) => kind !== 'main')) return BELOW;
	return type.endsWith('.agent') ? AGENT : NODE;
}

const boxIn =
	({ connections }: Example) =>
	(node: ExampleNode): Box => {
		const [left, top] = node.position;
		const width = widthOf(node, connections);
		return { name: node.name, left, top, right: left + width, bottom: top + NODE + NAME };
	};

function noteOf({ name, position: [left, top], parameters }: ExampleNode): Box {
	const { width, height } = parameters as { width: number; height: number };
	return { name, left, top, right: left + width, bottom: top + height };
}

/** Where the text of a note stands. */
function textOf(note: ExampleNode): Box {
	const box = noteOf(note);
	const letters = (box.right - box.left - 2 * EDGE) / LETTER;
	const lines = String(note.parameters.content)
		.split('\n')
		.map((line) => Math.max(1, Math.ceil(line.length / letters)));
	const height = lines.reduce((sum, count) => sum + count, 0) * LINE;
	return { ...box, bottom: box.top + EDGE + height };
}

const isInside = ([x, y]: Point, { left, top, right, bottom }: Box) =>
	x > left && x < right && y > top && y < bottom;

const overlap = (one: Box, other: Box) =>
	one.left < other.right &&
	other.left < one.right &&
	one.top < other.bottom &&
	other.top < one.bottom;

const holds = (outer: Box, inner: Box) =>
	outer.left <= inner.left &&
	outer.right >= inner.right &&
	outer.top <= inner.top &&
	outer.bottom >= inner.bottom;

/** Points of a line, a few pixels from each other. */
function pointsOf([fromX, fromY]: Point, [toX, toY]: Point): Point[] {
	if (toX >= fromX - BACK) {
		const reach = Math.max(0.5 * (toX - fromX), 0);
		const at = (t: number, ...[a, b, c, d]: number[]) =>
			a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t ** 2 * (1 - t) + d * t ** 3;
		return Array.from({ length: 201 }, (_, step): Point => {
			const t = step / 200;
			return [at(t, fromX, fromX + reach, toX - reach, toX), at(t, fromY, fromY, toY, toY)];
		});
	}
	const corners: Point[] = [
		[fromX, fromY],
		[fromX + OUT, fromY],
		[fromX + OUT, fromY + DOWN],
		[toX - OUT, fromY + DOWN],
		[toX - OUT, toY],
		[toX, toY],
	];
	return corners.slice(1).flatMap(([x, y], at) => {
		const [beforeX, beforeY] = corners[at];
		return Array.from(
			{ length: 101 },
			(_, step): Point => [
				beforeX + ((x - beforeX) * step) / 100,
				beforeY + ((y - beforeY) * step) / 100,
			],
		);
	});
}

/** The lines between nodes' main outputs and inputs. */
function linesOf({ nodes, connections }: Example) {
	const find = (name: string) => nodes.find((node) => node.name === name)!;
	const all = connections as Record<
		string,
		{ main?: Array<Array<{ node: string; index: number }> | null> }
	>;
	return Object.entries(all).flatMap(([from, { main = [] }]) =>
		main.flatMap((ends, output) =>
			(ends ?? []).map(({ node: to }) => {
				const [source, target] = [find(from), find(to)];
				const y = source.position[1] + (NODE * (output + 1)) / (outputsOf(source, main.length) + 1);
				const points = pointsOf(
					[source.position[0] + NODE, y],
					[target.position[0], target.position[1] + NODE / 2],
				);
				return { from, to, points };
			}),
		),
	);
}

/** A node with an error output, and If, have two outputs, whether they lead somewhere or not. */
const outputsOf = ({ type, onError }: ExampleNode, connected: number) =>
	/\.(if|splitInBatches)$/.test(type) || onError === 'continueErrorOutput' ? 2 : connected;

/** What stands in the way of what, on the canvas of an example. */
export function problemsOf(example: Example): string[] {
	const notes = example.nodes.filter(isNote);
	const nodes = example.nodes.filter((node) => !isNote(node)).map(boxIn(example));
	const straddles = notes.flatMap((note) =>
		nodes
			.filter((node) => overlap(noteOf(note), node) && !holds(noteOf(note), node))
			.map((node) => `${node.name} straddles ${note.name}`),
	);
	const hidden = notes
		.map(textOf)
		.flatMap((text) =>
			nodes
				.filter((node) => overlap(text, node))
				.map(({ name }) => `${name} stands on the text of ${text.name}`),
		);
	const crossed = linesOf(example).flatMap(({ from, to, points }) => {
		const others = nodes.filter(({ name }) => name !== from && name !== to);
		return [...others, ...notes.map(textOf)]
			.filter((box) => points.some((point) => isInside(point, box)))
			.map(({ name }) => `the line from ${from} to ${to} crosses ${name}`);
	});
	return [...straddles, ...hidden, ...crossed];
}
