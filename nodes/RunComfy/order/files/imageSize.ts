/** Width and height in pixels. */
export interface Size {
	width: number;
	height: number;
}

/**
 * The size a JPEG, PNG or WebP declares in its first bytes; undefined when `head` does not reach
 * that far (a JPEG may carry a long preview before it).
 */
export function imageSizeOf(head: Buffer): Size | undefined {
	if (head.length < 30) return undefined;
	if (head.readUInt32BE(0) === 0x89504e47) return pngSize(head);
	if (head.readUInt16BE(0) === 0xffd8) return jpegSize(head);
	if (head.toString('latin1', 8, 12) === 'WEBP') return webpSize(head);
	return undefined;
}

// PNG, section 11.2.2: IHDR comes first
function pngSize(head: Buffer): Size | undefined {
	if (head.toString('latin1', 12, 16) !== 'IHDR') return undefined;
	return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
}

// ITU-T T.81, B.2.2: the frame header SOFn; C4, C8 and CC in that range are other markers
function jpegSize(head: Buffer): Size | undefined {
	let at = 2;
	while (at + 9 < head.length) {
		if (head[at] !== 0xff) return undefined;
		const marker = head[at + 1];
		if (marker === 0xff) {
			at++;
			continue;
		}
		if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
			return { width: head.readUInt16BE(at + 7), height: head.readUInt16BE(at + 5) };
		}
		at += 2 + head.readUInt16BE(at + 2);
	}
	return undefined;
}

// RFC 9649: lossy, lossless and extended files keep it in different places
function webpSize(head: Buffer): Size | undefined {
	const chunk = head.toString('latin1', 12, 16);
	if (chunk === 'VP8 ') {
		return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
	}
	if (chunk === 'VP8L') {
		const bits = head.readUInt32LE(21);
		return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
	}
	if (chunk === 'VP8X') {
		return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
	}
	return undefined;
}
