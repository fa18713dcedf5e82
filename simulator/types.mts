/** What tests and the other files here share: options, the request log, faults and jobs. */

import type { MediaKind, OutputShape } from './outputs.mts';

export interface SimulatorOptions {
	/** 0 = any free port. */
	port?: number;
	token?: string;
	/** Milliseconds a job spends in the queue. */
	queueMs?: number;
	/** Milliseconds a job runs after the queue. */
	runMs?: number;
	/** Base prices in USD, by model id. */
	basePriceUsd?: Record<string, number>;
	/** Size of every video in bytes; without it, that of media/clip.mp4. */
	fileBytes?: number;
	/** Models in the catalogue: it is filled up to so many. RunComfy had 384 in September 2026. */
	catalogueSize?: number;
	/** USD, also zero and less; it never changes. */
	balanceUsd?: number;
	/** Jobs that may be unfinished at a time: a submit beyond that is answered 429. */
	maxRunning?: number;
	/** Jobs that may be bought within a second, likewise. */
	maxPerSecond?: number;
	/** `Retry-After` of these 429s: seconds, or a date as it is sent; without it, they have none. */
	retryAfter?: number | string;
	/** Files behind links are fetched when a job is bought; without it, links are accepted unread. */
	fetchLinks?: boolean;
	/** Called once per logged request, when it is over. */
	onRequest?: (request: LoggedRequest) => void;
}

export type RequestKind =
	| 'submit'
	| 'status'
	| 'result'
	| 'cancel'
	| 'model'
	| 'models'
	| 'categories'
	| 'balance'
	| 'file'
	| 'reference'
	| 'unknown';

export interface LoggedRequest {
	/** 1-based arrival number. */
	n: number;
	/** Unix time of arrival in milliseconds. */
	atMs: number;
	kind: RequestKind;
	method: string;
	/** With the query string, as it was sent. */
	path: string;
	authorization: 'valid' | 'invalid' | 'none';
	requestId?: string;
	modelId?: string;
	userAgent?: string;
	/** The Content-Length header; absent when the body came in chunks. */
	contentLength?: number;
	range?: string;
	bodyBytes?: number;
	bodySha256?: string;
	/** The JSON of a submit, each data URI in it replaced by a `DataUri`. */
	body?: unknown;
	/** HTTP status; absent when the simulator cut the connection or has not answered. */
	answered?: number;
	/** The client went away before the answer was finished. */
	aborted?: boolean;
}

export interface DataUri {
	dataUri: true;
	declaredType: string;
	/** What the decoded bytes are; null when they are none of the accepted formats. */
	sniffedType: string | null;
	/** Decoded size. */
	bytes: number;
	/** Of the decoded bytes. */
	sha256: string;
}

/** Which of the requests or jobs that it fits something is for. */
export interface Condition {
	/** Let this many pass first (default 0). */
	skip?: number;
	/** For this many (default 1, -1 = always). */
	times?: number;
	/** Only for the nth job bought; of a fault of `submit`, for the nth submit that arrives (from 1). */
	nth?: number;
}

/** How the next job bought goes. */
export interface JobPlan extends Condition {
	outcome?: string;
	/** How the end is called in `/status`, when that is not `outcome`. */
	statusOutcome?: string;
	/** Which reads answer 400005 until the job is over. */
	notReady?: 'status' | 'result' | 'both';
	/** Names of running states, shown in turn over the run time. */
	states?: string[];
	queueMs?: number;
	runMs?: number;
	/** `error` of a finished job; only a failed one has one of its own. */
	jobError?: unknown;
	/** The default is `video`, `image`, `images` or `audio` for a completed job, and `none` for all others. */
	output?: OutputShape;
	/** How many files it makes; without it, what `num_images` or `max_images` say. */
	fileCount?: number;
	/** So many reads of the finished result have no cost yet; -1 = it never has one. */
	costAfterReads?: number;
	/** The address in the result instead of the simulator's own files. */
	videoUrl?: string;
	/** Size of its video in bytes. */
	fileBytes?: number;
	notCancellable?: boolean;
	/** Files behind links are fetched so many milliseconds after the purchase. */
	fetchMs?: number;
	/** None of the hosts that links lead to can be reached. */
	unreachable?: boolean;
}

/** A file that came with a job, or that was fetched for it. */
export interface ReceivedFile {
	/** Such as `images.0`. */
	field: string;
	from: 'data' | 'link';
	/** What its bytes are; null when they are none of the accepted formats. */
	type: string | null;
	/** What the host of a link said. */
	contentType?: string | null;
	bytes: number;
	sha256: string;
}

/** A form of files that is not taken. */
export type Refused = 'data' | 'links';

/** Oddities of a video download. Part of a fault of `file`. */
export interface FileEffect {
	/** Cut the connection after this many bytes of the body. */
	breakAt?: number;
	/** 200 with no byte in it. */
	empty?: boolean;
	/** Content-Length to claim, whatever is sent. */
	announce?: number;
	/** Answer with a redirect to this address. */
	redirect?: string;
	contentType?: string;
	ignoreRange?: boolean;
}

/** What goes wrong with a request, whichever it is. */
export interface Effect extends Condition, FileEffect {
	requestId?: string;
	/** 2xx keeps the normal answer under that status; anything else replaces it. */
	status?: number;
	headers?: Record<string, string>;
	/** A string is sent raw, anything else as JSON. */
	body?: unknown;
	/** A code of RunComfy's error table, with its usual HTTP status unless `status` is given. */
	error?: number;
	/** `detail` beside `error`. */
	detail?: unknown;
	/** Do the real work first (the job is bought), then answer with the fault. */
	after?: boolean;
	reset?: boolean;
	hang?: boolean;
	delayMs?: number;
	/** An HTML error page, HTTP 502 unless `status` is given. */
	html?: boolean;
	/** The right answer, cut in half. */
	truncate?: boolean;
	/** The first half of the right answer, and nothing from then on. */
	stall?: boolean;
	/** Of a submit: refuse it if it has files in this form; otherwise the answer is the normal one. */
	refuse?: Refused;
	/** Merged into the JSON answer; null removes a key. */
	merge?: Record<string, unknown>;
}

export interface Fault extends Effect {
	on: RequestKind;
}

export interface Job {
	/** 1-based number in the order of purchase. */
	readonly n: number;
	readonly requestId: string;
	readonly modelId: string;
	/** The input, as in the log. */
	readonly body: Record<string, unknown>;
	/** Unix time in milliseconds. */
	readonly createdAtMs: number;
	/** The state at this moment. */
	readonly status: string;
	/** Unix time in milliseconds of a cancel that worked. */
	cancelledAtMs?: number;
	/** Reads of the finished result so far. */
	resultReads: number;
	/** Absent when the model has no price. */
	readonly costUsd?: number;
	/** What its model makes; `type` as the end of a file's name. */
	readonly files: { kind: MediaKind; type: string; count: number };
	/** Its files, as far as they have been taken in. */
	received: ReceivedFile[];
	/** Files behind links are still to come: until then it cannot end. */
	isFetching: boolean;
	readonly plan: CompletePlan;
}

export type CompletePlan = JobPlan &
	Required<Pick<JobPlan, 'outcome' | 'states' | 'queueMs' | 'runMs' | 'output'>>;

export interface Simulator {
	/** http://127.0.0.1:PORT */
	url: string;
	token: string;
	/** Every request in arrival order. */
	log: LoggedRequest[];
	/** What was bought, by request id, in order. */
	jobs: Map<string, Job>;
	addFaults(...faults: Fault[]): void;
	planJobs(...plans: JobPlan[]): void;
	/** Clears log, jobs, faults and plans. */
	reset(): void;
	/** Also destroys open connections. */
	close(): Promise<void>;
}
