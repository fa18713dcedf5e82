/** Labels of the options of waiting in the form, by parameter. */
export const WAIT_LABELS = {
	cancelOnStop: 'Cancel on Stop',
	fileName: 'File Name',
	pollInterval: 'Poll Interval (Seconds)',
	timeout: 'Timeout (Seconds)',
} as const;

export const DEFAULT_POLL_INTERVAL_S = 2;
export const DEFAULT_TIMEOUT_S = 1800;
