// The page at /: GraphiQL with the explorer and a panel of example operations. Nothing is
// fetched from elsewhere. The server writes the settings into the page: {endpoint, examples}.
import 'monaco-graphql/esm/monaco-editor.js'; // here, not lazily, so that its style is in the page's
import '@graphiql/react/style.css';
import 'graphiql/graphiql.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import './page.css';

import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { isMacOs } from '@graphiql/react';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { examplesPlugin } from './examples.jsx';

globalThis.MonacoEnvironment = {
  getWorker: (_, label) => new Worker(new URL(WORKERS[label] ?? WORKERS.editor, import.meta.url)),
};

const { endpoint, examples } = JSON.parse(document.getElementById('settings').textContent);
const examplesPanel = examplesPlugin(examples, isMacOs ? '⌘ Enter' : 'Ctrl + Enter');
const explorer = { ...explorerPlugin({ showAttribution: false }), title: 'Explorer' };

createRoot(document.getElementById('graphiql')).render(
  <GraphiQL
    fetcher={createGraphiQLFetcher({ url: endpoint })}
    plugins={[examplesPanel, explorer, HISTORY_PLUGIN]}
    visiblePlugin={examplesPanel}
    defaultQuery={examples[0].query}
    defaultEditorToolsVisibility={false}
    inputValueDeprecation
    schemaDescription
  >
    <GraphiQL.Logo>policygraph</GraphiQL.Logo>
  </GraphiQL>,
);
