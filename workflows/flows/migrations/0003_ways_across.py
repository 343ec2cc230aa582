import workflows.flows.review_steps
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0005_turned_away_once'),
        ('flows', '0002_fundtransfer_householdmove_onlineapproval'),
    ]

    operations = [
        migrations.CreateModel(
            name='ArchiveTransfer',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=('cases.flow',),
        ),
        migrations.CreateModel(
            name='CollectAndMake',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=(workflows.flows.review_steps.ReviewSteps, 'cases.flow'),
        ),
        migrations.CreateModel(
            name='EnterpriseMove',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=(workflows.flows.review_steps.ReviewSteps, 'cases.flow'),
        ),
        migrations.CreateModel(
            name='IssueElsewhere',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=(workflows.flows.review_steps.ReviewSteps, 'cases.flow'),
        ),
        migrations.CreateModel(
            name='LocalIssue',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=(workflows.flows.review_steps.ReviewSteps, 'cases.flow'),
        ),
        migrations.CreateModel(
            name='Notarisation',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=(workflows.flows.review_steps.ReviewSteps, 'cases.flow'),
        ),
        migrations.CreateModel(
            name='RelationTransfer',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=(workflows.flows.review_steps.ReviewSteps, 'cases.flow'),
        ),
    ]
