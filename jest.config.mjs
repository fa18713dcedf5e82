import { LANES, leftOut } from './test/runner/lanes.mjs';

const project = ([lane, { needsN8n }]) => ({
	displayName: lane,
	testMatch: [`<rootDir>/test/${lane}/**/*.test.mts`],
	testPathIgnorePatterns: leftOut(),
	moduleFileExtensions: ['mts', 'mjs', 'js', 'json'],
	modulePathIgnorePatterns: ['<rootDir>/dist/'],
	runner: '<rootDir>/test/runner/index.mjs',
	globalSetup: `<rootDir>/test/runner/${needsN8n ? 'withN8n' : 'built'}.mjs`,
	globalTeardown: '<rootDir>/test/runner/cleanUp.mjs',
	// Node.js strips the types itself.
	transform: {},
});

export default { projects: Object.entries(LANES).map(project), maxConcurrency: 8 };
