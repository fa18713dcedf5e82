import type { Answer } from './answer.mts';
import { failure, refusal } from './errors.mts';
import { categoriesAnswer, modelAnswer, modelsAnswer } from './catalogue.mts';
import { fileAnswer, fileSize, referenceAnswer } from './files.mts';
import { createJob, endsAtMs, isOver, queuePosition } from './jobs.mts';
import { receive } from './links.mts';
import { allModels } from './models.mts';
import { fileType, kindOf, type MediaKind, outputOf } from './outputs.mts';
import { fileCount, priceOf } from './price.mts';
import { REQUEST_ID, type Route } from './routes.mts';
import type { Script } from './script.mts';
import type { FileEffect, Job, JobPlan, SimulatorOptions } from './types.mts';
import { refusalOf } from './validate.mts';

export interface Call extends Route {
	query: URLSearchParams;
	authorized: boolean;
	/** Of a submit: as it came, and with its data URIs read. Undefined when it is not JSON. */
	json?: unknown;
	summary?: unknown;
	range?: string;
	ifRange?: string;
	fileEffect?: FileEffect;
}

/** Made up. */
const BALANCE_USD = 25;

/** The API as it is when nothing goes wrong: what it answers, and what it does for it. */
export function createApi(
	options: SimulatorOptions,
	jobs: Map<string, Job>,
	plans: Script<JobPlan>,
	baseUrl: () => string,
) {
	const models = allModels(options.basePriceUsd, options.catalogueSize);
	const totalBytes = fileSize(options.fileBytes);

	const urls = ({ requestId }: Job) => {
		const request = `${baseUrl()}/v1/requests/${requestId}`;
		return { status_url: `${request}/status`, result_url: `${request}/result` };
	};

	/** Only what the model makes can be told to be elsewhere. */
	function fileUrls({ requestId, files, plan }: Job, kind: MediaKind): string[] {
		const isOwn = kind === files.kind;
		if (isOwn && plan.videoUrl !== undefined) return [plan.videoUrl];
		const type = isOwn ? files.type : fileType(kind, undefined);
		const first = `${baseUrl()}/files/${requestId}`;
		return Array.from({ length: isOwn ? files.count : 1 }, (_, at) =>
			at === 0 ? `${first}.${type}` : `${first}/${at + 1}.${type}`,
		);
	}

	/** Whether a limit speaks against one more job. Made up: RunComfy publishes no numbers. */
	function isLimited(): boolean {
		const { maxRunning = Infinity, maxPerSecond = Infinity } = options;
		const all = [...jobs.values()];
		const running = all.filter((job) => !isOver(job));
		const recent = all.filter(({ createdAtMs }) => Date.now() - createdAtMs < 1_000);
		return running.length >= maxRunning || recent.length >= maxPerSecond;
	}

	function submit({ modelId = '', json, summary }: Call): Answer {
		if (isLimited()) {
			const { retryAfter } = options;
			const headers = retryAfter === undefined ? undefined : { 'retry-after': String(retryAfter) };
			return { ...failure(429), headers };
		}
		const model = models.get(modelId);
		if (!model) return refusal(400001, 'Unknown model_id.');
		if (json === undefined) return failure(400, 'The body is not JSON.');
		const refused = refusalOf(model, json);
		if (refused) return refused;
		const body = summary as Record<string, unknown>;
		const kind = kindOf(model.record.categories);
		const n = jobs.size + 1;
		const job = createJob({
			n,
			modelId,
			body,
			costUsd: priceOf(model, body),
			files: { kind, type: fileType(kind, body.output_format), count: fileCount(model, body) },
			queueMs: options.queueMs ?? 0,
			runMs: options.runMs ?? 0,
			plan: plans.take({ nth: n }),
		});
		jobs.set(job.requestId, job);
		receive(job, json, summary, options.fetchLinks ?? false);
		const cancelUrl = `${baseUrl()}/v1/requests/${job.requestId}/cancel`;
		const json200 = { request_id: job.requestId, ...urls(job), cancel_url: cancelUrl };
		return { status: 200, json: json200 };
	}

	function status(job: Job): Answer {
		if (isNotReady(job, 'status')) return refusal(400005);
		const position =
			job.status === 'in_queue' ? { queue_position: queuePosition(job, jobs.values()) } : {};
		const isEnd = isOver(job) && job.cancelledAtMs === undefined;
		const state = isEnd ? (job.plan.statusOutcome ?? job.status) : job.status;
		const json = { request_id: job.requestId, status: state, ...position, ...urls(job) };
		return { status: 200, json };
	}

	function result(job: Job, query: URLSearchParams): Answer {
		if (isNotReady(job, 'result')) return refusal(400005);
		const json: Record<string, unknown> = {
			request_id: job.requestId,
			status: job.status,
			model_id: job.modelId,
			created_at: new Date(job.createdAtMs).toISOString(),
		};
		if (!isOver(job)) return { status: 200, json };
		json.finished_at = new Date(endsAtMs(job)).toISOString();
		job.resultReads += 1;
		const { plan } = job;
		if (job.status === 'failed') json.error = 'The generation failed.';
		if ('jobError' in plan && job.cancelledAtMs === undefined) json.error = plan.jobError;
		if (['failed', 'cancelled', 'canceled'].includes(job.status)) return { status: 200, json };
		const { kind } = job.files;
		const output = outputOf(plan.output, { kind, of: (which) => fileUrls(job, which) });
		if (output !== undefined) json.output = output;
		else if (!['completed', 'succeeded'].includes(job.status)) return { status: 200, json };
		const { costAfterReads = 0 } = plan;
		const costKnown = costAfterReads !== -1 && job.resultReads > costAfterReads;
		if (costKnown && query.get('include_cost') === 'true') json.cost = job.costUsd;
		return { status: 200, json };
	}

	function cancel(job: Job): Answer {
		const cancellable = job.status === 'in_queue' && !job.plan.notCancellable;
		if (cancellable) job.cancelledAtMs = Date.now();
		const outcome = cancellable ? 'cancelled' : 'not_cancellable';
		return { status: 200, json: { request_id: job.requestId, status: job.status, outcome } };
	}

	return function answer(call: Call): Answer {
		const { kind, requestId = '', query } = call;
		if (kind === 'file') {
			const job = jobs.get(requestId);
			return fileAnswer(job, job?.plan.fileBytes ?? totalBytes, call, call.fileEffect);
		}
		if (kind === 'reference') return referenceAnswer(call.fileType ?? '', call.range);
		if (kind === 'unknown') return failure(404);
		if (!call.authorized) return refusal(400004, 'Token missing, expired or revoked.');
		if (kind === 'submit') return submit(call);
		if (kind === 'model') return modelAnswer(models.get(call.modelId ?? ''));
		if (kind === 'models') return modelsAnswer(models.values(), query);
		if (kind === 'categories') return categoriesAnswer(models.values());
		if (kind === 'balance') return balanceAnswer(options.balanceUsd ?? BALANCE_USD);
		if (!REQUEST_ID.test(requestId)) return refusal(400001, 'Malformed request_id.');
		const job = jobs.get(requestId);
		if (!job) return refusal(404001, 'Nonexistent, deleted or expired.');
		if (kind === 'status') return status(job);
		return kind === 'result' ? result(job, query) : cancel(job);
	};
}

function balanceAnswer(usd: number): Answer {
	const json = { balance_usd: usd, balance_microdollars: Math.round(usd * 1e6), currency: 'USD' };
	return { status: 200, json };
}

function isNotReady(job: Job, read: 'status' | 'result'): boolean {
	return !isOver(job) && [read, 'both'].some((which) => which === job.plan.notReady);
}
