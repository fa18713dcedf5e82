/** Width and height of a PNG, JPEG or WebP picture in pixels, as stored; nothing of other files. */
export function imageSize(bytes: Buffer): { width: number; height: number } | undefined {
	const text = (from: number, to: number) => bytes.toString('latin1', from, to);
	try {
		if (text(1, 4) === 'PNG')
			return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
		if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return webpSize(bytes, text(12, 16));
		if (text(0, 2) === '\xff\xd8') return jpegSize(bytes);
	} catch (error) {
		// A picture that ends before its size
		if (!(error instanceof RangeError)) throw error;
	}
	return undefined;
}

/** RFC 9649, sections 2.5 to 2.7. */
function webpSize(bytes: Buffer, chunk: string) {
	if (chunk === 'VP8X')
		return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
	if (chunk === 'VP8L') {
		const bits = bytes.readUInt32LE(21);
		return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
	}
	return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
}

/** The size stands in the frame header, SOF0 to SOF15, which C4, C8 and CC are not (ITU-T T.81, B.1.1.3). */
function jpegSize(bytes: Buffer) {
	for (let at = 2; ; at += 2 + bytes.readUInt16BE(at + 2)) {
		const marker = bytes.readUInt8(at + 1);
		const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
		if (isFrame) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
	}
}
