; title: A thread for each task
; why: Starting one costs about 100 microseconds and a megabyte of stack.
; fix: Use an ExecutorService or virtual threads.
; cost: cpu
; bad: new Thread(r).start();
; good: executor.submit(r);

((object_creation_expression type: (type_identifier) @type) @hit (#eq? @type "Thread"))
