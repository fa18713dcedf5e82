import { simulator, withSimulator } from '../support/simulator.mts';
import { create, messageOf } from './buying.mts';

withSimulator();

for (const ending of ['/v1', '/v1/', '/', '//'])
	test(`a base URL that ends in ${ending} leads to the same place`, async () => {
		const credential = { baseUrl: simulator.url + ending };
		const outcome = await create({}, undefined, { credential });
		expect(messageOf(outcome)).toBe('');
		expect(simulator.log.map(({ path }) => path)).toStrictEqual([
			'/v1/models/kling/kling-video-o3/standard/reference-to-video',
		]);
	});
