// What a user reads is not what was thrown. n8n replaces a whole message that contains one of these words
// (n8n-workflow, node.error.ts), anywhere and in any case: "EPERM" inside "approvePermissions" is enough. And the
// editor renders descriptions as HTML. Both were seen in the editor of n8n 2.41.1.

const REPLACED_WORDS =
	/ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|ERRADDRINUSE|EADDRNOTAVAIL|ECONNABORTED|EHOSTUNREACH|EAI_AGAIN|ENOENT|EISDIR|ENOTDIR|EACCES|EEXIST|EPERM|GETADDRINFO/gi;

/** Keeps n8n from replacing a message, by an invisible character in the word it looks for. */
export function readable(message: string): string {
	return message.replace(REPLACED_WORDS, (word) => `${word[0]}\u2060${word.slice(1)}`);
}

/** Text as it must stand in a description to be shown as it is. */
export function escaped(text: string): string {
	return text
		.replace(/&/g, '&amp;')
		.replace(/</g, '&lt;')
		.replace(/>/g, '&gt;')
		.replace(/"/g, '&quot;');
}
