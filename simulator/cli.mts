import { parseArgs } from 'node:util';
import { DEFAULT_TOKEN, startSimulator } from './index.mts';
import type { LoggedRequest } from './types.mts';

const HELP = `The RunComfy Model API on this machine, free of charge.

  --port <n>         port on 127.0.0.1 (default 8788, 0 = any free one)
  --token <text>     the API token it accepts (default ${DEFAULT_TOKEN})
  --queue-ms <n>     milliseconds a job waits in the queue (default 2000)
  --run-ms <n>       milliseconds a job runs (default 4000)
  --file-bytes <n>   size of each video (default: that of the built-in clip)
  --catalogue-size <n>
                     models in the catalogue (default: the built-in ones)
  --balance <usd>    the account's balance (default 25; below zero: --balance=-1)
  --max-running <n>  jobs that may be unfinished at a time; a submit beyond that gets a 429
  --max-per-second <n>
                     jobs that may be bought within a second, likewise
  --fetch-links      fetch the files behind links (default: links are accepted unread)
  --retry-after <s>  seconds that such a 429 asks to wait (default: it says nothing)
  --fault <json>     something to go wrong, as an object or an array of them; may be given again
  --plan <json>      how the next job goes, likewise
  --help             this text

While it runs:
  GET  /_simulator/log      every request so far
  GET  /_simulator/jobs     what was bought
  POST /_simulator/faults   one fault or an array of them
  POST /_simulator/plans    one plan or an array of them
  POST /_simulator/reset    forget log, jobs, faults and plans

Faults and plans are described in simulator/README.md.`;

function readFlags() {
	const text = { type: 'string' } as const;
	const { values } = parseArgs({
		options: {
			port: { ...text, default: '8788' },
			token: { ...text, default: DEFAULT_TOKEN },
			'queue-ms': { ...text, default: '2000' },
			'run-ms': { ...text, default: '4000' },
			'file-bytes': text,
			'catalogue-size': text,
			balance: text,
			'max-running': text,
			'max-per-second': text,
			'retry-after': text,
			'fetch-links': { type: 'boolean', default: false },
			fault: { ...text, multiple: true, default: [] },
			plan: { ...text, multiple: true, default: [] },
			help: { type: 'boolean' },
		},
	});
	return values;
}

function wholeNumber(flag: string, text: string, largest = Number.MAX_SAFE_INTEGER): number {
	if (/^\d+$/.test(text) && Number(text) <= largest) return Number(text);
	const limit = largest === Number.MAX_SAFE_INTEGER ? '' : ` up to ${largest}`;
	throw new Error(`--${flag} needs a whole number${limit}, not "${text}".`);
}

function amount(flag: string, text: string): number {
	if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
	throw new Error(`--${flag} needs an amount in USD, not "${text}".`);
}

function parse(flag: string, text: string) {
	try {
		return JSON.parse(text);
	} catch {
		throw new Error(`--${flag} needs JSON, which this is not: ${text}`);
	}
}

function describe({ method, path, answered, aborted }: LoggedRequest): string {
	const gone = aborted ? 'client went away' : 'connection cut';
	return `${method} ${path} → ${aborted ? gone : (answered ?? gone)}`;
}

async function main() {
	const flags = readFlags();
	if (flags.help) {
		console.log(HELP);
		return;
	}
	type Flag = 'file-bytes' | 'catalogue-size' | 'max-running' | 'max-per-second' | 'retry-after';
	const optional = (flag: Flag) => {
		const text = flags[flag];
		return text === undefined ? undefined : wholeNumber(flag, text);
	};
	const simulator = await startSimulator({
		port: wholeNumber('port', flags.port, 65535),
		token: flags.token,
		queueMs: wholeNumber('queue-ms', flags['queue-ms']),
		runMs: wholeNumber('run-ms', flags['run-ms']),
		fileBytes: optional('file-bytes'),
		catalogueSize: optional('catalogue-size'),
		balanceUsd: flags.balance === undefined ? undefined : amount('balance', flags.balance),
		maxRunning: optional('max-running'),
		maxPerSecond: optional('max-per-second'),
		retryAfter: optional('retry-after'),
		fetchLinks: flags['fetch-links'],
		onRequest: (request) => console.log(describe(request)),
	});
	const stop = () => void simulator.close();
	process.once('SIGINT', stop).once('SIGTERM', stop);
	try {
		simulator.addFaults(...flags.fault.flatMap((text) => parse('fault', text)));
		simulator.planJobs(...flags.plan.flatMap((text) => parse('plan', text)));
	} catch (error) {
		await simulator.close();
		throw error;
	}
	console.log(`RunComfy simulator: ${simulator.url}  token: ${simulator.token}`);
}

function friendly(error: NodeJS.ErrnoException): string {
	if (error.code === 'EADDRINUSE')
		return 'This port is already in use: choose another one with --port.';
	if (error.code === 'EACCES') return 'This port is reserved: choose one above 1023 with --port.';
	if (error.code?.startsWith('ERR_PARSE_ARGS'))
		return `${error.message.split('. ')[0].replace(/\.$/, '')}: see --help.`;
	return error.message;
}

try {
	await main();
} catch (error) {
	console.error(friendly(error as NodeJS.ErrnoException));
	process.exitCode = 1;
}
