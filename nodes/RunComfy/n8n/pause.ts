import { sleep } from 'n8n-workflow';

/**
 * Waits `ms` milliseconds, or until `signal` fires; never rejects. n8n honours the signal of its
 * sleep from 2.34 on only, so the signal is listened to here as well.
 */
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
