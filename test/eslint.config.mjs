import js from '@eslint/js';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';

// n8n's own configuration is written for nodes: it forbids timers and Node's modules, which tests and scripts need.
export default tseslint.config(
	js.configs.recommended,
	tseslint.configs.recommended,
	{
		files: ['**/*.mts', '**/*.mjs'],
		rules: {
			// TypeScript knows the globals of Node (https://typescript-eslint.io/troubleshooting/faqs/eslint)
			'no-undef': 'off',
		},
	},
	{
		plugins: { 'n8n-nodes-base': n8nNodesBase },
	},
	// n8n's own configuration takes all 132 rules of this plugin but five; these two of them hold here.
	{
		files: ['credentials/**/*.ts'],
		rules: { 'n8n-nodes-base/cred-class-field-type-options-password-missing': 'error' },
	},
	{
		files: ['nodes/**/*.ts'],
		rules: { 'n8n-nodes-base/node-param-type-options-max-value-present': 'error' },
	},
);
