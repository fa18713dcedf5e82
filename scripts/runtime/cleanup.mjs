const undos = [];

/** Whether a signal is ending this process: what fails from then on is not worth a word. */
export let interrupted = false;

/** Remembers what to undo when the work is done, has failed or is interrupted. */
export const undoAtEnd = (undo) => void undos.push(undo);

/** Undoes everything, the latest first: a process is stopped before its folder is removed. */
async function undoAll() {
	while (undos.length > 0) await undos.pop()();
}

let cleaning = Promise.resolve();

/** Also waits for what an earlier call has begun: the process may end only when all is undone. */
export function cleanUp() {
	cleaning = cleaning.then(undoAll, undoAll);
	return cleaning;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	process.once(signal, async () => {
		interrupted = true;
		await cleanUp();
		process.exit(130);
	});
}

/** Runs a program to its end; after a signal it fails because everything is being stopped. */
export async function runToEnd(main) {
	try {
		await main();
	} catch (error) {
		if (!interrupted) {
			console.error(error);
			process.exitCode = 1;
		}
	}
	await cleanUp();
}
