import type { IBinaryData } from 'n8n-workflow';

import type { Service } from '../api/services';
import type { FileKind, ModelEntry } from '../api/types';
import type { InputValue } from './body';
import type { ReferenceFile } from './files/inspect';
import type { PlacedReference } from './files/reference';
import type { SendFilesAs } from './files/ways';

/** Checks that a user can skip: what the prompt says, links, limits RunComfy does not publish. */
export const CHECKS = ['prompt', 'links', 'limits'] as const;
export type Check = (typeof CHECKS)[number];

/** Something that must change before an order can be sent. */
export interface Finding {
	/** As a sentence, without its full stop. */
	text: string;
	/** Index of the input item it is about; unset, it is the order's own. */
	item?: number;
	/** The check that found it, where the user may skip that one. */
	check?: Check;
}

/** A finding that names its item. */
export type Issue = Finding & { item: number };

/** What an order will cost, or why that is not known; amounts are USD. */
export interface Estimate {
	cost?: number;
	/** Set where it may come to more: no limit can go by that amount. */
	isLeast?: boolean;
	basePrice?: number;
	unit?: string;
	/** How the amount came about, or what is missing, as a sentence. */
	basis: string;
}

/** One purchase as a resource describes it, and everything that speaks against it. */
export interface Order {
	service: Service;
	/** The ID of the model, or of whatever else the service takes orders for. */
	target: string;
	/** The input fields as they are to be sent; unset ones are left out. */
	input: Record<string, InputValue>;
	/** What decides, besides the model, how long it takes to be made. */
	kind?: string;
	/** What a dry run returns a sample of; a video, unless it says so. */
	makes?: FileKind;
	/** Whether the references come from all items. */
	combined: boolean;
	/** What the model is to look at, in the order of the output. */
	references: PlacedReference[];
	/** What is allowed but not what the user may expect, a sentence each. */
	warnings: string[];
	issues: Finding[];
	/** The live price of the model's catalogue entry × the inputs. */
	estimate(entry: ModelEntry): Estimate;
}

/** A file of an order; those that the resource does not describe have no place. */
export interface OrderFile {
	file: ReferenceFile;
	/** The names of the input fields that it stands in. */
	fields: string[];
	kind: string;
	placed?: PlacedReference;
}

/** An order that is ready to be sent, unless it has issues. */
export interface PreparedOrder extends Order {
	issues: Issue[];
	sendFilesAs: SendFilesAs;
	/** The files in the input, once each. */
	files: OrderFile[];
	/** The files that are sent as links, as n8n serves them; all others go inside the request. */
	linked: ReadonlyMap<ReferenceFile, IBinaryData>;
	/** Identifies the same order, wherever it comes from; see run/repeats/fingerprint. */
	fingerprint: string;
	/** Orders with the same key are bought once. */
	idempotencyKey?: string;
	/** The live price in USD, where a limit asked for it. */
	cost?: number;
	/** Most that the run may cost with it, in USD. */
	maxRunCostUsd?: number;
	/** Everything is done as for a purchase, but nothing that costs money is sent. */
	dryRun: boolean;
	/** Most requests of the run that may be at RunComfy with it. */
	maxConcurrent?: number;
}
