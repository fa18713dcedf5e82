import { createWriteStream } from 'node:fs';
import { cleanEnv, run } from './process.mjs';

const SECONDS_BETWEEN_LINES = 5;

/** Runs npm with a line of progress every few seconds; what npm itself says goes to the log file. */
export async function npm(args, { cwd, env, log, title }) {
	const file = createWriteStream(log, { flags: 'a' });
	const started = Date.now();
	let downloads = 0;
	const report = () => {
		const seconds = Math.round((Date.now() - started) / 1000);
		console.log(`   ${title}: ${seconds} s${downloads ? `, ${downloads} downloads` : ''}`);
	};
	const timer = setInterval(report, SECONDS_BETWEEN_LINES * 1000);
	try {
		await run('npm', [...args, '--loglevel=http', '--no-audit', '--no-fund'], {
			cwd,
			env: cleanEnv(env),
			onOutput: (text) => {
				file.write(text);
				downloads += text.split('npm http fetch GET 200').length - 1;
			},
		});
		report();
	} catch (error) {
		const [, code] = /npm error code (\S+)/.exec(error.stderr ?? '') ?? [];
		throw new Error(`${title} failed${code ? ` (${code})` : ''}; npm's log is ${log}.`);
	} finally {
		clearInterval(timer);
		file.end();
	}
}
