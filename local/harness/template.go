package harness

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Deployment is what the deployment's template says of one function.
type Deployment struct {
	// Function is the function's name, which is its resource's without
	// "Function", in lower case.
	Function  string
	Routes    []string // as "POST /onboard/codes", sorted
	Schedules []Timer
	// Queues are the events of queues, their names in lower case.
	Queues []string
}

// Timer is a schedule of the template.
type Timer struct {
	Name       string
	Expression string
	Timezone   string
}

type samTemplate struct {
	Resources map[string]struct {
		Type       string `yaml:"Type"`
		Properties struct {
			Events map[string]struct {
				Type       string `yaml:"Type"`
				Properties struct {
					Method     string `yaml:"Method"`
					Path       string `yaml:"Path"`
					Expression string `yaml:"ScheduleExpression"`
					Timezone   string `yaml:"ScheduleExpressionTimezone"`
					Input      string `yaml:"Input"`
				} `yaml:"Properties"`
			} `yaml:"Events"`
		} `yaml:"Properties"`
	} `yaml:"Resources"`
}

// ReadTemplate reads the routes and schedules of an AWS SAM template, its functions
// sorted by name.
func ReadTemplate(data []byte) ([]Deployment, error) {
	var t samTemplate
	if err := yaml.Unmarshal(data, &t); err != nil {
		return nil, fmt.Errorf("read the deployment's template: %w", err)
	}
	var all []Deployment
	for name, resource := range t.Resources {
		if resource.Type != "AWS::Serverless::Function" {
			continue
		}
		d := Deployment{Function: strings.ToLower(strings.TrimSuffix(name, "Function"))}
		for event, e := range resource.Properties.Events {
			switch e.Type {
			case "HttpApi":
				d.Routes = append(d.Routes, e.Properties.Method+" "+e.Properties.Path)
			case "ScheduleV2":
				timer, err := readTimer(e.Properties.Input)
				if err != nil {
					return nil, fmt.Errorf("the event %s of %s: %w", event, name, err)
				}
				timer.Expression, timer.Timezone = e.Properties.Expression, e.Properties.Timezone
				d.Schedules = append(d.Schedules, timer)
			case "SQS":
				d.Queues = append(d.Queues, strings.ToLower(event))
			default:
				return nil, fmt.Errorf("the event %s of %s has the type %s, which the harness does not know", event, name, e.Type)
			}
		}
		slices.Sort(d.Routes)
		slices.SortFunc(d.Schedules, func(a, b Timer) int { return strings.Compare(a.Name, b.Name) })
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b Deployment) int { return strings.Compare(a.Function, b.Function) })
	return all, nil
}

func readTimer(input string) (Timer, error) {
	var in struct {
		Schedule string `json:"schedule"`
	}
	if err := json.Unmarshal([]byte(input), &in); err != nil || in.Schedule == "" {
		return Timer{}, fmt.Errorf(`its input is not of the form {"schedule":"name"}: %q`, input)
	}
	return Timer{Name: in.Schedule}, nil
}
