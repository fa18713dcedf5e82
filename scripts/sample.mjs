// Makes nodes/RunComfy/output/sample.ts, the file that a dry run returns. It is in the repository, so this
// is needed only to change it: node scripts/sample.mjs, with ffmpeg and the font DejaVu Sans
// (apt-get install ffmpeg fonts-dejavu-core).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectDir } from './runtime/node.mjs';

const SECONDS = 3;
const PICTURE = [
	`color=0x20242c:s=640x360:r=24:d=${SECONDS}[page]`,
	`color=0xffb020:s=640x16:r=24:d=${SECONDS}[bar]`,
	"[page]drawtext=font=DejaVu Sans:text='DRY RUN':fontsize=110:fontcolor=white:x=(w-tw)/2:y=100," +
		"drawtext=font=DejaVu Sans:text='nothing was bought':fontsize=34:fontcolor=0xffb020:x=(w-tw)/2:y=230[words]",
	// A bar that fills up shows that it plays.
	`[words][bar]overlay=x=-w+w*(t+1/24)/${SECONDS}:y=344`,
].join(';');

const folder = mkdtempSync(join(tmpdir(), 'runcomfy-sample-'));
const file = join(folder, 'sample.mp4');
const input = ['-f', 'lavfi', '-i', PICTURE];
const h264 = ['-c:v', 'libx264', '-profile:v', 'main', '-preset', 'veryslow', '-crf', '30'];
const plain = ['-pix_fmt', 'yuv420p', '-movflags', '+faststart', '-fflags', '+bitexact'];
execFileSync('ffmpeg', ['-v', 'error', ...input, ...h264, ...plain, '-flags:v', '+bitexact', file]);
const base64 = readFileSync(file).toString('base64');
rmSync(folder, { recursive: true });

writeFileSync(
	join(projectDir, 'nodes', 'RunComfy', 'output', 'sample.ts'),
	`// Made by scripts/sample.mjs. A module, since n8n's verification lets a node read no files.

/** What a dry run returns in place of a result, as base64 by kind. Loaded with its first use. */
export const SAMPLES = {
	video: {
		mimeType: 'video/mp4',
		base64:
			'${base64}',
	},
};
`,
);
