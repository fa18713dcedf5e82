import js from '@eslint/js';
import tseslint from 'typescript-eslint';

// n8n's own configuration is written for nodes: it forbids timers and Node's modules, which tests and scripts need.
export default tseslint.config(js.configs.recommended, tseslint.configs.recommended, {
	files: ['**/*.mts', '**/*.mjs'],
	rules: {
		// TypeScript knows the globals of Node (https://typescript-eslint.io/troubleshooting/faqs/eslint)
		'no-undef': 'off',
	},
});
