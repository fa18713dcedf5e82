// Makes nodes/RunComfy/output/sample.ts, the files that a dry run returns. It is in the repository, so this
// is needed only to change it: node scripts/sample.mjs, with ffmpeg and the font DejaVu Sans
// (apt-get install ffmpeg fonts-dejavu-core).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectDir } from './runtime/node.mjs';

const SECONDS = 3;
const WORDS =
	"drawtext=font=DejaVu Sans:text='DRY RUN':fontsize=110:fontcolor=white:x=(w-tw)/2:y=100," +
	"drawtext=font=DejaVu Sans:text='nothing was bought':fontsize=34:fontcolor=0xffb020:x=(w-tw)/2:y=230";
const PICTURE = `color=0x20242c:s=640x360:r=1:d=1,${WORDS},split[a][b];[a]palettegen=max_colors=16[p];[b][p]paletteuse=dither=none`;
const VIDEO = [
	`color=0x20242c:s=640x360:r=24:d=${SECONDS}[page]`,
	`color=0xffb020:s=640x16:r=24:d=${SECONDS}[bar]`,
	`[page]${WORDS}[words]`,
	// A bar that fills up shows that it plays.
	`[words][bar]overlay=x=-w+w*(t+1/24)/${SECONDS}:y=344`,
].join(';');

// Three short tones that sink, as a phone that is not connected; nobody takes them for speech or music.
const SOUND = "aevalsrc='0.3*sin(2*PI*t*(880-220*floor(t/0.3)))*lt(mod(t,0.3),0.2)':s=8000:d=0.9";

const folder = mkdtempSync(join(tmpdir(), 'runcomfy-sample-'));
/** A file made by ffmpeg, as base64. */
function made(ending, source, ...how) {
	const file = join(folder, `sample${ending}`);
	const plain = ['-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact'];
	execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', source, ...how, ...plain, file]);
	return readFileSync(file).toString('base64');
}
const h264 = ['-c:v', 'libx264', '-profile:v', 'main', '-preset', 'veryslow', '-crf', '30'];
const title = ['-metadata', 'title=DRY RUN, nothing was bought'];
const SAMPLES = {
	video: [
		'video/mp4',
		'.mp4',
		made('.mp4', VIDEO, ...h264, '-pix_fmt', 'yuv420p', '-movflags', '+faststart'),
	],
	image: ['image/png', '.png', made('.png', PICTURE, '-frames:v', '1')],
	audio: ['audio/wav', '.wav', made('.wav', SOUND, '-c:a', 'pcm_u8', ...title)],
};
rmSync(folder, { recursive: true });

const entries = Object.entries(SAMPLES).map(
	([kind, [mimeType, ending, base64]]) => `	${kind}: {
		mimeType: '${mimeType}',
		ending: '${ending}',
		base64:
			'${base64}',
	},
`,
);
writeFileSync(
	join(projectDir, 'nodes', 'RunComfy', 'output', 'sample.ts'),
	`// Made by scripts/sample.mjs. A module, since n8n's verification lets a node read no files.

/** What a dry run returns in place of a result, as base64 by kind. Loaded with its first use. */
export const SAMPLES = {
${entries.join('')}};
`,
);
