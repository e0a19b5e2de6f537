; title: An exception swallowed in a loop
; why: Filling in the stack trace costs tens of microseconds.
; fix: Test beforehand.
; cost: exceptions
; bad: for (String x : xs) { try { n += Integer.parseInt(x); } catch (Exception e) { } }
; good: try { run(); } catch (Exception e) { }

((try_statement (catch_clause)) @hit (#inside? @hit for_statement enhanced_for_statement while_statement do_statement))
