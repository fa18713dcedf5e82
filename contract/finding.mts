/** What one question came to. */
export interface Finding {
	question: string;
	expected: string;
	seen: string;
	/** What the node does about what was seen. */
	node: string;
	/** `other`: not what was expected, but the node knows it. `new`: nobody has seen that before. */
	verdict: 'expected' | 'other' | 'new';
}

/** One way an answer can come out, and what the node does then. */
export interface Case {
	holds: boolean;
	node: string;
}

const NEW = 'nothing that was ever tried: please report it';

/** The first case is what is expected; the first that holds is what was seen. */
export function judge(question: string, expected: string, seen: string, cases: Case[]): Finding {
	const index = cases.findIndex(({ holds }) => holds);
	const verdict = index === 0 ? 'expected' : index > 0 ? 'other' : 'new';
	return { question, expected, seen, node: cases[index]?.node ?? NEW, verdict };
}
