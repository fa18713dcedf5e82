import type { IDataObject } from 'n8n-workflow';

import type { ModelEntry } from '../api/types';
import type { InputValue, RequestBody } from './body';

/** Something that must change before an item can be sent. */
export interface Issue {
	/** Index of the input item it is about. */
	item: number;
	text: string;
}

/** What an order will cost, or why that is not known; amounts are USD. */
export interface Estimate {
	cost?: number;
	basePrice?: number;
	unit?: string;
	/** How the amount came about, or what is missing, as a sentence. */
	basis: string;
}

/** One purchase as a resource describes it, and everything that speaks against it. */
export interface Order {
	modelId: string;
	/** The model's input fields as they are to be sent; unset ones are left out. */
	input: Record<string, InputValue>;
	/** Whether the references come from all items. */
	combined: boolean;
	/** What each figure stands for, in the contract's output form. */
	references: IDataObject[];
	/** What is allowed but not what the user may expect, a sentence each. */
	warnings: string[];
	issues: Issue[];
	/** The live price of the model's catalogue entry × the inputs. */
	estimate(entry: ModelEntry): Estimate;
}

/** An order that is ready to be sent, unless it has issues. */
export interface PreparedOrder extends Order {
	body: RequestBody;
}
