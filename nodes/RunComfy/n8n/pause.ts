// n8n's verification forbids timers; n8n-workflow has `sleep`, which honours a signal from n8n 2.34 on only
// and ignores it before (read in both, and tried in 1.123.81). So the signal is listened to here as well.
import { sleep } from 'n8n-workflow';

/** Waits `ms` milliseconds, or until `signal` fires; never rejects. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
	if (signal?.aborted) return;
	await new Promise<void>((resolve) => {
		const wake = () => {
			signal?.removeEventListener('abort', wake);
			resolve();
		};
		signal?.addEventListener('abort', wake, { once: true });
		sleep(ms, signal).then(wake, wake);
	});
}
