package billexport

import (
	"context"
	"encoding/json"
	"fmt"
)

// The kinds of tasks, in the order of a run: who consumed is listed, each customer's
// bills are fetched, what was fetched is gathered and reconciled, each format is
// written, and what was written is published.
const (
	taskPlan    = "plan"
	taskFetch   = "fetch"
	taskGather  = "gather"
	taskRender  = "render"
	taskPublish = "publish"
)

// task is a message about a step of a run. Anybody may deliver it any number of times,
// to any worker.
type task struct {
	Run  string `json:"run"`
	Task string `json:"task"`
	// Part is the number of the part to fetch, or of the unit to render, from 0.
	Part int `json:"part,omitempty"`
	// Range is the number of the range of days within a part that is split, from 1; 0
	// is the whole part.
	Range int `json:"range,omitempty"`
}

// key names the task among those of its run.
func (t task) key() string {
	switch t.Task {
	case taskFetch, taskRender:
		return fmt.Sprintf("%s/%d/%d", t.Task, t.Part, t.Range)
	default:
		return t.Task
	}
}

// Tasks sends tasks to whoever does them: a queue that delivers each at least once.
type Tasks interface {
	Send(ctx context.Context, bodies [][]byte) error
}

// send has tasks done.
func (f *function) send(ctx context.Context, tasks ...task) error {
	if len(tasks) == 0 {
		return nil
	}
	bodies := make([][]byte, len(tasks))
	for i, t := range tasks {
		body, err := json.Marshal(t)
		if err != nil {
			return fmt.Errorf("encode the task %s: %w", t.key(), err)
		}
		bodies[i] = body
	}
	if err := f.tasks.Send(ctx, bodies); err != nil {
		return fmt.Errorf("send %d tasks of run %s: %w", len(tasks), tasks[0].Run, err)
	}
	return nil
}
