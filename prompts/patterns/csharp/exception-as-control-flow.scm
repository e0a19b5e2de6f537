; title: An exception swallowed inside a loop
; why: Throwing and catching costs tens of microseconds each; in a loop it dominates everything.
; fix: Test beforehand (TryParse, TryGetValue, File.Exists) and keep exceptions for what is exceptional.
; cost: exceptions
; bad: foreach (var s in xs) { try { n += Parse(s); } catch { } }
; bad: foreach (var s in xs) { try { n += Parse(s); } catch (FormatException) { continue; } }
; good: foreach (var s in xs) { try { Work(s); } catch (IOException e) { failed.Add(e); } }
; good: while (true) { try { Work(); } catch (OperationCanceledException) { } }
; good: try { Work(); } catch (IOException) { throw; }

((try_statement (catch_clause body: (block) @handler) @catch) @hit
  (#match? @handler "^\\{\\s*(//[^\\n]*\\s*)*((continue|\\w+\\+\\+|[\\w.]+ = [\\w.]+);\\s*(//[^\\n]*\\s*)*)?\\}$")
  (#not-match? @catch "^catch\\s*\\(\\s*(OperationCanceled|TaskCanceled|ObjectDisposed)Exception") (#inside? @hit for_statement foreach_statement while_statement do_statement))
((try_statement body: (block) @body (catch_clause body: (block) @handler)) @hit
  (#match? @body "\\b(int|long|double|decimal|DateTime|Guid|Enum|bool)\\.Parse") (#not-inside? @hit for_statement foreach_statement while_statement do_statement))
