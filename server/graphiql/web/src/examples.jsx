import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';

// examplesPlugin makes the side panel that lists the examples ({title, query}) and opens them.
// runKeys says how to run an operation from the keyboard.
export function examplesPlugin(examples, runKeys) {
  const queries = new Set(examples.map((example) => example.query.trim()));

  function Examples() {
    const { addTab } = useGraphiQLActions();
    const { queryEditor } = useGraphiQL(pick('queryEditor'));

    // An example takes the place of an empty editor or of another example as it came; what a reader
    // has written or changed keeps its tab.
    function open({ query }) {
      const current = queryEditor.getValue().trim();
      if (current !== '' && !queries.has(current)) addTab();
      queryEditor.setValue(query);
      queryEditor.setScrollTop(0);
      queryEditor.focus();
    }

    return (
      <section className="examples" aria-label="Examples">
        <h2>Examples</h2>
        <p>Choose one to open it, then run it with the ▶ button or {runKeys}.</p>
        <ol>
          {examples.map((example) => (
            <li key={example.title}>
              <button type="button" disabled={!queryEditor} onClick={() => open(example)}>
                {example.title}
              </button>
            </li>
          ))}
        </ol>
      </section>
    );
  }

  return { title: 'Examples', icon: ExamplesIcon, content: Examples };
}

function ExamplesIcon(props) {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" {...props}>
      <path d="M9 6h11M9 12h11M9 18h11M4 6h.5M4 12h.5M4 18h.5" />
    </svg>
  );
}
