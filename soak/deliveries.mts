import { shuffled } from './random.mts';
import { isKeyed, PATHS } from './workflows.mts';

/** What a webhook is called with: from one to four items. */
export interface Delivery {
	path: string;
	prompts: string[];
	/** So often at once. */
	times: number;
}

const MOST_ITEMS = 4;
const MOST_TIMES = 3;
/** So many deliveries with keys of earlier rounds come again in each round. */
const AGAIN = 4;

/** The deliveries of a round, with prompts that are in the world only once, and some that came before. */
export function deliveriesOf(
	round: number,
	count: number,
	earlier: Delivery[],
	random: () => number,
): Delivery[] {
	const upTo = (most: number) => 1 + Math.floor(random() * most);
	const fresh: Delivery[] = [];
	for (let made = 0; made < count; ) {
		const size = Math.min(count - made, upTo(MOST_ITEMS));
		const prompts = Array.from(
			{ length: size },
			(_, offset) => `Figure 1 waves, take ${round}-${made + offset + 1}`,
		);
		const path = PATHS[upTo(PATHS.length) - 1];
		fresh.push({ path, prompts, times: isKeyed(path) ? upTo(MOST_TIMES) : 1 });
		made += size;
	}
	const keyed = earlier.filter(({ path }) => isKeyed(path));
	const again = shuffled(keyed, random)
		.slice(0, AGAIN)
		.map((delivery) => ({ ...delivery, times: 1 }));
	return shuffled([...fresh, ...again], random);
}
