import type { Parser } from './parse';

// Boxes of MP4 and MOV, ISO/IEC 14496-12

export interface Box {
	type: string;
	/** Position of its content. */
	body: number;
	end: number;
}

/** The box at a position; undefined where there is none. */
export function* boxAt(at: number, endOfParent: number): Parser<Box | undefined> {
	const head = yield { at, length: 8 };
	const size32 = head.readUInt32BE(0);
	const type = head.toString('latin1', 4);
	const body = at + (size32 === 1 ? 16 : 8);
	const size = size32 === 1 ? Number((yield { at: at + 8, length: 8 }).readBigUInt64BE(0)) : size32;
	// 0: to the end
	const end = size32 === 0 ? endOfParent : at + size;
	return end < body ? undefined : { type, body, end };
}

/** A time, of 64 bits in boxes of version 1; all bits set stand for one that is not known. */
export function timeAt(content: Buffer, at: number): number {
	const isWide = content[0] === 1;
	const time = isWide ? content.readBigUInt64BE(at) : BigInt(content.readUInt32BE(at));
	return time === 2n ** (isWide ? 64n : 32n) - 1n ? 0 : Number(time);
}
