; title: An exception swallowed inside a loop
; why: Throwing and catching costs tens of microseconds each; in a loop it dominates everything.
; fix: Test beforehand (TryParse, TryGetValue, File.Exists) and keep exceptions for what is exceptional.
; cost: exceptions
; bad: foreach (var s in xs) { try { n += Parse(s); } catch { } }
; good: try { Work(); } catch (IOException) { throw; }

((try_statement (catch_clause)) @hit (#inside? @hit for_statement foreach_statement while_statement do_statement))
((try_statement body: (block) @body (catch_clause body: (block) @handler)) @hit
  (#match? @body "\\b(int|long|double|decimal|DateTime|Guid|Enum|bool)\\.Parse") (#not-inside? @hit for_statement foreach_statement while_statement do_statement))
