import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { inspectMp4 } from '../runtime/mp4.mjs';

/** Whether a player can play the file, and what it is. */
export async function checkClip(file) {
	const bytes = await readFile(file).catch(() => {
		throw new Error('The workflow wrote no file.');
	});
	try {
		return { bytes: bytes.length, ...inspectMp4(bytes) };
	} catch (error) {
		throw new Error(`${file} is not a playable MP4: ${error.message}.`);
	}
}

export function printResult({ json, clip, file, seconds }) {
	const { request_id, status, cost_usd } = json;
	const rows = {
		'request id': request_id,
		status,
		cost: typeof cost_usd === 'number' ? `$${cost_usd.toFixed(3)}` : 'not known yet',
		seconds: `${seconds.toFixed(1)} for the run, ${clip.seconds.toFixed(1)} of video (${clip.codec})`,
		size: `${clip.bytes} bytes`,
		path: relative('.', file),
	};
	console.log();
	for (const [name, value] of Object.entries(rows)) console.log(`${name.padEnd(12)}${value}`);
}
