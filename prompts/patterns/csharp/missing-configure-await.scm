; title: await without ConfigureAwait(false)
; why: In a library each continuation is posted back to the captured context, which may be one busy thread.
; fix: Add ConfigureAwait(false) in library code.
; cost: latency
; bad: await GetAsync();
; good: await GetAsync().ConfigureAwait(false);

((await_expression (invocation_expression function: (_) @called) @hit)
  (#not-match? @called "ConfigureAwait$|^Task\\.Yield$"))
