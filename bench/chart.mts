import { median } from './measure.mts';
import type { Row } from './results.mts';

const WIDTH = 760;
const LABEL_WIDTH = 270;
const BAR_HEIGHT = 18;
const LINE = 26;
const TITLE = 40;
const VALUE_WIDTH = 70;

/** Text and bars that can be read on a white page and on a dark one. */
const STYLE = `
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600 }
.own { fill: #6d3bd1 }
.other { fill: #8c959f }
@media (prefers-color-scheme: dark) {
	text { fill: #e6edf3 }
	.own { fill: #a883f5 }
	.other { fill: #6e7681 }
}`;

/** A picture with a panel of bars for every panel that rows ask for. */
export function toSvg(rows: Row[]): string {
	const titles = [...new Set(rows.flatMap(({ panel }) => panel ?? []))];
	let y = 0;
	const drawn = titles.map((title) => {
		const bars = rows.filter(({ panel }) => panel === title);
		const panel = draw(title, bars, y);
		y += TITLE + bars.length * LINE;
		return panel;
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 10}" role="img" aria-label="Benchmark of n8n-nodes-runcomfy">
<style>${STYLE}
</style>
${drawn.join('\n')}
</svg>
`;
}

function draw(title: string, rows: Row[], top: number): string {
	const values = rows.map(({ values, scale = 1 }) => median(values) * scale);
	const most = Math.max(...values);
	const bars = rows.map(({ contender }, index) => {
		const y = top + TITLE + index * LINE;
		const width = (Math.max(0, values[index]) / most) * (WIDTH - LABEL_WIDTH - VALUE_WIDTH);
		const style = contender.startsWith('this node') ? 'own' : 'other';
		const middle = y + BAR_HEIGHT - 5;
		return `<text x="${LABEL_WIDTH - 10}" y="${middle}" text-anchor="end">${escaped(contender)}</text>
<rect class="${style}" x="${LABEL_WIDTH}" y="${y}" width="${Math.max(1, width).toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>
<text x="${LABEL_WIDTH + Math.max(1, width) + 8}" y="${middle}">${shown(values[index])}</text>`;
	});
	return `<text class="title" x="0" y="${top + TITLE - 14}">${escaped(title)}</text>
${bars.join('\n')}`;
}

const shown = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0));

const escaped = (text: string) =>
	text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
